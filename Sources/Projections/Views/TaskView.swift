public import Events

/// A lock that a task waits for, and who is in the way.
public struct Obstacle: Sendable {
    /// What is in the way.
    public let blocker: Blocker
    /// Whose it is.
    public let holder: HolderRecord?
}

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
            Obstacle(blocker: $0, holder: locks.session($0.session).map(HolderRecord.init))
        }
    }
}

/// What `task show` shows, and a row of `task list`.
public func view(of task: TaskStatus, for viewer: Viewer) -> View {
    View(json: show(task, taskFields, for: viewer))
}

/// What `task show` shows: the task, and what happened to it.
public func view(of task: TaskStatus, life: [RecordedEvent], for viewer: Viewer) -> View {
    let events = Field<TaskStatus>.administrators("life") { _, viewer in
        .array(life.map { show($0, lifeFields, for: viewer) })
    }
    return View(json: show(task, taskFields + [events], for: viewer))
}

private let lifeFields: [Field<RecordedEvent>] = [
    .administrators("position") { event, _ in .integer(event.position) },
    .administrators("at") { event, _ in .known(event.at) },
    .administrators("type") { event, _ in .string(event.type) },
    .administrators("what") { event, viewer in .string(words(of: event, for: viewer)) },
]

/// What `task list` shows with `--json`.
public func view(of tasks: [TaskStatus], for viewer: Viewer) -> View {
    View(json: .array(tasks.map { show($0, taskFields, for: viewer) }))
}

private let taskFields: [Field<TaskStatus>] = [
    .everyone("task") { task, _ in .string(task.record.id.text) },
    .everyone("type") { task, _ in .string(task.record.order.type) },
    .everyone("app") { task, _ in .known(task.record.order.app) },
    .everyone("state") { task, _ in .string(task.state) },
    .everyone("existing") { task, _ in task.isExisting ? .bool(true) : nil },
    .everyone("outcome") { task, _ in .known(task.record.end?.outcome.rawValue) },
    .everyone("exitCode") { task, _ in .known(task.record.end?.exitCode) },
    .everyone("signal") { task, _ in .known(task.record.end?.signal) },
    .administrators("evidence") { task, _ in .known(task.record.end?.evidence) },
    .everyone("attempt") { task, _ in
        task.record.claimedAt == nil && task.record.end == nil && task.record.lastEnd == nil
            ? nil : .integer(task.record.attempt)
    },
    .everyone("waitingFor") { task, viewer in
        task.waitingFor.isEmpty ? nil : .array(task.waitingFor.map { show($0, obstacleFields, for: viewer) })
    },
    .everyone("queuedAt") { task, _ in .known(task.record.queuedAt) },
    .everyone("notBefore") { task, _ in .known(task.record.notBefore) },
    .everyone("retries") { task, _ in .known(task.record.order.retries) },
    .everyone("lastOutcome") { task, _ in .known(task.record.lastEnd?.outcome.rawValue) },
    .administrators("lastEvidence") { task, _ in .known(task.record.lastEnd?.evidence) },
    .everyone("startedAt") { task, _ in .known(task.record.startedAt) },
    .everyone("finishedAt") { task, _ in .known(task.record.finishedAt) },
    .everyone("pid") { task, _ in task.record.end == nil ? .known(task.record.start?.process.pid) : nil },
    .everyone("host") { task, _ in .known(task.record.host) },
    .everyone("progress") { task, viewer in task.record.progress.map { show($0, progressFields, for: viewer) } },
    .administrators("arguments") { task, _ in
        .object(
            task.record.order.arguments.sorted { $0.key < $1.key }.map { (name: $0.key, value: .string($0.value)) })
    },
    .administrators("secrets") { task, _ in
        task.record.order.secrets.isEmpty ? nil : .strings(task.record.order.secrets)
    },
    .administrators("unique") { task, _ in .known(task.record.order.unique) },
    .administrators("requestedBy") { task, _ in .known(task.record.order.requestedBy) },
    .administrators("stop") { task, _ in
        task.record.stop.map {
            .fields(("by", .string($0.by)), ("reason", .known($0.reason)), ("now", $0.now ? .bool(true) : nil))
        }
    },
    .everyone("scheduledFor") { task, _ in .known(task.record.order.scheduled?.at) },
    .everyone("usage") { task, _ in
        task.record.end?.usage.map {
            .fields(("cpuSeconds", .number($0.cpuSeconds)), ("maxResidentBytes", .integer($0.maxResidentBytes)))
        }
    },
]

private let obstacleFields: [Field<Obstacle>] = [
    .everyone("session") { obstacle, _ in .string(obstacle.blocker.session.text) },
    .everyone("path") { obstacle, _ in .string(obstacle.blocker.path.text) },
    .everyone("kind") { obstacle, _ in .string(obstacle.blocker.kind.rawValue) },
    .everyone("holder") { obstacle, viewer in obstacle.holder.map { show($0, holderFields, for: viewer) } },
]

private let progressFields: [Field<TaskRecord.Progress>] = [
    .everyone("percent") { progress, _ in .integer(progress.percent) },
    .administrators("message") { progress, _ in .known(progress.message) },
]
