import Events

extension DeadlockStory: Viewable {
    var about: Subject { .platform }
}

let storyFields: [Field<DeadlockStory>] = [
    .everyone("position") { story, _ in .integer(story.deadlock.position) },
    .everyone("at") { story, _ in .known(story.deadlock.at) },
    .everyone("refused") { story, _ in .string(story.deadlock.refused.session.text) },
    .everyone("inevitableSince") { story, _ in .integer(story.inevitable.position) },
    .everyone("inevitableAt") { story, _ in .known(story.inevitable.at) },
    .administrators("inevitableBy") { story, _ in .string(story.inevitable.difference) },
    .everyone("request") { story, _ in .known(story.deadlock.refused.request?.text) },
    .everyone("cycle") { story, onlooker in show(story.lanes, laneFields, for: onlooker) },
]

extension DeadlockStory.Lane: Viewable {
    var about: Subject { party.about }
}

let laneFields: [Field<DeadlockStory.Lane>] = [
    .everyone("session") { lane, _ in .known(lane.party.session?.text) },
    .everyone("holder") { lane, onlooker in show(lane.party.holder, partyHolderFields, for: onlooker) },
    .everyone("asked") { lane, onlooker in lane.asked.map { show($0, momentFields, for: onlooker) } },
    .everyone("holds") { lane, onlooker in lane.party.holds.map { show($0, holdingFields, for: onlooker) } },
    .everyone("besides") { lane, onlooker in
        lane.besides.isEmpty ? nil : show(lane.besides, holdingFields, for: onlooker)
    },
    .everyone("wants") { lane, onlooker in show(lane.party, wantFields, for: onlooker) },
]

extension RefusedDeadlock: Viewable {
    var about: Subject { .platform }
}

let deadlockFields: [Field<RefusedDeadlock>] = [
    .everyone("position") { deadlock, _ in .integer(deadlock.position) },
    .everyone("at") { deadlock, _ in .known(deadlock.at) },
    .everyone("refused") { deadlock, _ in .string(deadlock.refused.session.text) },
    .everyone("inevitableSince") { deadlock, _ in .known(deadlock.inevitableSince) },
    .everyone("request") { deadlock, _ in .known(deadlock.refused.request?.text) },
    .everyone("cycle") { deadlock, onlooker in
        show(deadlock.refused.cycle, partyFields, for: onlooker)
    },
]

/// About what it holds and what it wants.
extension DeadlockParty: Viewable {
    var about: Subject { .locks([holds?.lock, wants.lock].compactMap { $0 }) }
}

let partyFields: [Field<DeadlockParty>] = [
    .everyone("session") { party, _ in .known(party.session?.text) },
    .everyone("holder") { party, onlooker in show(party.holder, partyHolderFields, for: onlooker) },
    .everyone("holds") { party, onlooker in party.holds.map { show($0, holdingFields, for: onlooker) } },
    .everyone("wants") { party, onlooker in show(party, wantFields, for: onlooker) },
]

extension DeadlockParty.Holder: Viewable {
    var about: Subject { .whole }
}

let partyHolderFields: [Field<DeadlockParty.Holder>] = [
    .everyone("host") { holder, _ in .known(holder.host) },
    .everyone("pid") { holder, _ in .known(holder.pid) },
    .everyone("user") { holder, _ in .known(holder.user) },
    .operators("program") { holder, _ in .known(holder.program) },
    .operators("label") { holder, _ in .known(holder.label) },
    .everyone("task") { holder, _ in .known(holder.task?.text) },
]

extension DeadlockParty.Holding: Viewable {
    var about: Subject { .path(lock.path) }
}

let holdingFields: [Field<DeadlockParty.Holding>] = [
    .everyone("path") { holding, _ in .string(holding.lock.path.text) },
    .everyone("mode") { holding, _ in .string(holding.lock.mode.rawValue) },
    .everyone("token") { holding, _ in .integer(holding.token) },
    .everyone("since") { holding, _ in .known(holding.since) },
    .operators("reason") { holding, _ in .known(holding.reason) },
]

let wantFields: [Field<DeadlockParty>] = [
    .everyone("path") { party, _ in party.wants.lock.map { .string($0.path.text) } },
    .everyone("mode") { party, _ in party.wants.lock.map { .string($0.mode.rawValue) } },
    .everyone("task") { party, _ in if case .task(let task) = party.wants { .string(task.text) } else { nil } },
    .everyone("since") { party, _ in .known(party.since) },
    .everyone("position") { party, _ in .known(party.wants.position) },
    .operators("reason") { party, _ in .known(party.wants.reason) },
]

extension DeadlockStory.Moment: Viewable {
    var about: Subject { .whole }
}

let momentFields: [Field<DeadlockStory.Moment>] = [
    .everyone("position") { moment, _ in .integer(moment.position) },
    .everyone("at") { moment, _ in .known(moment.at) },
]

extension LockRefused: Viewable {
    var about: Subject { .platform }
}

let refusedFields: [Field<LockRefused>] = [
    .everyone("session") { refused, _ in .string(refused.session.text) },
    .everyone("request") { refused, _ in .known(refused.request?.text) },
    .everyone("cycle") { refused, onlooker in show(refused.cycle, partyFields, for: onlooker) },
]
