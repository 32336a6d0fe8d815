public import Events

/// A deadlock that was refused, as the log tells it.
public struct RefusedDeadlock: Sendable {
    /// Of `lock.refused`.
    public let position: Position
    /// The time of the refusal.
    public let at: Timestamp
    /// What was refused, with the ring.
    public let refused: LockRefused
    /// The earliest position from which, at every one up to the refusal, the state of then with what everybody wanted at
    /// the refusal left the refused one stuck; where somebody has looked.
    public var inevitableSince: Position?

    /// Nil for an event of another type.
    public init?(_ fact: Fact) {
        guard case .lockRefused(let refused) = fact.event else { return nil }
        position = fact.position
        at = fact.at
        self.refused = refused
    }
}

/// What `deadlock list` shows.
public func view(of deadlocks: [RefusedDeadlock], for viewer: Viewer) -> View {
    View(json: .array(deadlocks.map { show($0, deadlockFields, for: viewer) }))
}

/// What `deadlock show` shows.
public func view(of story: DeadlockStory, for viewer: Viewer) -> View {
    View(json: show(story, storyFields, for: viewer))
}

private let storyFields: [Field<DeadlockStory>] = [
    .everyone("position") { story, _ in .integer(story.deadlock.position) },
    .everyone("at") { story, _ in .known(story.deadlock.at) },
    .everyone("refused") { story, _ in .string(story.deadlock.refused.session.text) },
    .everyone("inevitableSince") { story, _ in .integer(story.inevitable.position) },
    .everyone("inevitableAt") { story, _ in .known(story.inevitable.at) },
    .administrators("inevitableBy") { story, _ in .string(story.inevitable.difference) },
    .everyone("request") { story, _ in .known(story.deadlock.refused.request?.text) },
    .everyone("cycle") { story, viewer in .array(story.lanes.map { show($0, laneFields, for: viewer) }) },
]

private let laneFields: [Field<DeadlockStory.Lane>] = [
    .everyone("session") { lane, _ in .known(lane.party.session?.text) },
    .everyone("holder") { lane, viewer in show(lane.party.holder, partyHolderFields, for: viewer) },
    .everyone("asked") { lane, _ in
        lane.asked.map { .fields(("position", .integer($0.position)), ("at", .known($0.at))) }
    },
    .everyone("holds") { lane, viewer in lane.party.holds.map { show($0, holdingFields, for: viewer) } },
    .everyone("besides") { lane, viewer in
        lane.besides.isEmpty ? nil : .array(lane.besides.map { show($0, holdingFields, for: viewer) })
    },
    .everyone("wants") { lane, viewer in show(lane.party, wantFields, for: viewer) },
]

private let deadlockFields: [Field<RefusedDeadlock>] = [
    .everyone("position") { deadlock, _ in .integer(deadlock.position) },
    .everyone("at") { deadlock, _ in .known(deadlock.at) },
    .everyone("refused") { deadlock, _ in .string(deadlock.refused.session.text) },
    .everyone("inevitableSince") { deadlock, _ in .known(deadlock.inevitableSince) },
    .everyone("request") { deadlock, _ in .known(deadlock.refused.request?.text) },
    .everyone("cycle") { deadlock, viewer in
        .array(deadlock.refused.cycle.map { show($0, partyFields, for: viewer) })
    },
]

private let partyFields: [Field<DeadlockParty>] = [
    .everyone("session") { party, _ in .known(party.session?.text) },
    .everyone("holder") { party, viewer in show(party.holder, partyHolderFields, for: viewer) },
    .everyone("holds") { party, viewer in party.holds.map { show($0, holdingFields, for: viewer) } },
    .everyone("wants") { party, viewer in show(party, wantFields, for: viewer) },
]

private let partyHolderFields: [Field<DeadlockParty.Holder>] = [
    .everyone("host") { holder, _ in .known(holder.host) },
    .everyone("pid") { holder, _ in .known(holder.pid) },
    .everyone("user") { holder, _ in .known(holder.user) },
    .administrators("program") { holder, _ in .known(holder.program) },
    .administrators("label") { holder, _ in .known(holder.label) },
    .everyone("task") { holder, _ in .known(holder.task?.text) },
]

private let holdingFields: [Field<DeadlockParty.Holding>] = [
    .everyone("path") { holding, _ in .string(holding.lock.path.text) },
    .everyone("mode") { holding, _ in .string(holding.lock.mode.rawValue) },
    .everyone("token") { holding, _ in .integer(holding.token) },
    .everyone("since") { holding, _ in .known(holding.since) },
    .administrators("reason") { holding, _ in .known(holding.reason) },
]

private let wantFields: [Field<DeadlockParty>] = [
    .everyone("path") { party, _ in party.wants.lock.map { .string($0.path.text) } },
    .everyone("mode") { party, _ in party.wants.lock.map { .string($0.mode.rawValue) } },
    .everyone("task") { party, _ in if case .task(let task) = party.wants { .string(task.text) } else { nil } },
    .everyone("since") { party, _ in .known(party.since) },
    .everyone("position") { party, _ in .known(party.wants.position) },
    .administrators("reason") { party, _ in .known(party.wants.reason) },
]
