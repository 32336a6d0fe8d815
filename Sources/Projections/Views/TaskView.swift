public import Events

/// A task with what its record alone does not tell: whether it waits, and for whom.
public struct TaskStatus: Sendable {
    /// What its events tell.
    public let record: TaskRecord
    /// `queued|waiting|claimed|running|stopping|finished`.
    public let state: String
    /// Empty unless it waits for locks.
    public let waitingFor: [Obstacle]
    /// True when `task start --unique` found it.
    public let isExisting: Bool

    init(record: TaskRecord, state: String, waitingFor: [Obstacle], isExisting: Bool) {
        self.record = record
        self.state = state
        self.waitingFor = waitingFor
        self.isExisting = isExisting
    }

    /// Of a finished task, from its stream alone.
    public init(finished record: TaskRecord) {
        self.record = record
        state = record.phase.rawValue
        waitingFor = []
        isExisting = false
    }

    /// Of an unfinished task: it waits from the moment its session opened.
    public init(_ record: TaskRecord, in locks: Locks, isExisting: Bool = false) {
        self.record = record
        self.isExisting = isExisting
        guard record.phase == .queued, let session = locks.session(of: record.id) else {
            state = record.phase.rawValue
            waitingFor = []
            return
        }
        state = "waiting"
        waitingFor = locks.requests(of: session.id).flatMap { locks.blockers(of: $0) }.map {
            Obstacle($0, of: locks.session($0.session))
        }
    }
}

/// What `task show` shows, and a row of `task list`.
public func view(of task: TaskStatus, for viewer: Viewer) -> View {
    View(task, taskFields, for: viewer)
}

/// What `task show` shows: the task, and what happened to it.
public func view(of task: TaskStatus, life: [RecordedEvent], for viewer: Viewer) -> View {
    View(TaskLife(status: task, events: life), taskLifeFields, for: viewer)
}

/// What `task list` shows with `--json`.
public func view(of tasks: [TaskStatus], for viewer: Viewer) -> View {
    View(rows: tasks, taskFields, for: viewer)
}
