import Events

/// A task with all that happened to it.
struct TaskLife: Sendable {
    let status: TaskStatus
    let events: [RecordedEvent]
}

extension TaskLife: Viewable {
    var about: Subject { status.about }
}

/// What is shown besides the task itself.
let lifeFields: [Field<TaskLife>] = [
    .administrators("life") { life, onlooker in show(life.events, eventLineFields, for: onlooker) }
]

let taskLifeFields: [Field<TaskLife>] =
    taskFields.map { field in
        Field(name: field.name, audience: field.audience) { life, onlooker in field.value(life.status, onlooker) }
    } + lifeFields

/// How many tasks are under way.
public struct TaskCounts: Sendable {
    /// In each state, by its name.
    let counts: [String: Int]

    init(counts: [String: Int]) { self.counts = counts }

    /// The unfinished tasks of `platform`.
    public init(_ platform: Platform) {
        counts = Dictionary(
            platform.tasks.unfinished.map { (TaskStatus($0, in: platform.locks).state, 1) }, uniquingKeysWith: +)
    }
}

/// What stands below `task list`.
public func view(of counts: TaskCounts, for viewer: Viewer) -> View {
    View(counts, countFields, for: viewer)
}

extension TaskCounts: Viewable {
    var about: Subject { .platform }
}

/// In the order in which they are told.
let countFields: [Field<TaskCounts>] = ["running", "stopping", "claimed", "waiting", "queued"].map { state in
    .everyone(state) { counts, _ in .known(counts.counts[state]) }
}
