public import Events

/// A deadlock that was refused, as the log tells it.
public struct RefusedDeadlock: Sendable {
    /// Of `lock.refused`.
    public let position: Position
    /// The time of the refusal.
    public let at: Timestamp
    /// What was refused, with the ring.
    public let refused: LockRefused

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

private let deadlockFields: [Field<RefusedDeadlock>] = [
    .everyone("position") { deadlock, _ in .integer(deadlock.position) },
    .everyone("at") { deadlock, _ in .known(deadlock.at) },
    .everyone("refused") { deadlock, _ in .string(deadlock.refused.session.text) },
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
    .everyone("position") { party, _ in
        if case .lock(_, let position, _) = party.wants { .integer(position) } else { nil }
    },
    .administrators("reason") { party, _ in
        if case .lock(_, _, let reason) = party.wants { .known(reason) } else { nil }
    },
]

extension DeadlockParty.Want {
    fileprivate var lock: Lock? {
        if case .lock(let lock, _, _) = self { lock } else { nil }
    }
}
