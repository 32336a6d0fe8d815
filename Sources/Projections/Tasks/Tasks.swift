public import Events

/// A runner service that is registered: it starts the tasks of its host.
public struct Runner: Sendable, Equatable {
    /// This incarnation of the service.
    public let id: RunnerID
    /// The host that it serves.
    public let host: String
    /// Its own process.
    public let session: SessionID
    /// The time of its registration.
    public let registeredAt: Timestamp
}

/// Unfinished tasks and registered runners. Finished tasks are rows of the log, not part of the state.
public struct Tasks: Sendable {
    var records: [TaskID: TaskRecord] = [:]
    var unique: [String: TaskID] = [:]
    var runners: [RunnerID: Runner] = [:]
    var runnersByHost: [String: RunnerID] = [:]
    /// What hosts run by themselves.
    public internal(set) var schedules = Schedules()
    /// Reactions that failed.
    public internal(set) var reactions = Reactions()

    /// No tasks and no runners.
    public init() {}

    /// Follows a `task.…`, `runner.…`, `schedule.…` or `reaction.…` event; others are none of its business.
    public mutating func evolve(_ fact: Fact) throws(HistoryError) {
        switch fact.event {
        case .taskQueued(let data):
            try admit(TaskRecord(data, position: fact.position, at: fact.at), fact)
            if let run = data.scheduled { schedules.ran(data.type, run) }
        case .taskClaimed(let data):
            guard runners[data.runner]?.host == data.host else {
                throw fact.error("runner \(data.runner) is not registered for \(data.host)")
            }
            try move(data.task, fact)
        case .taskStarted(let data): try move(data.task, fact)
        case .taskProgressed(let data): try move(data.task, fact)
        case .taskStopRequested(let data): try move(data.task, fact)
        case .taskFinished(let data):
            try move(data.task, fact)
            if data.retry { break }
            if let key = records.removeValue(forKey: data.task)?.order.unique { unique[key] = nil }
        case .taskRetryScheduled(let data):
            guard let order = data.order else { return try move(data.task, fact) }
            try admit(TaskRecord(order, again: data, position: fact.position, at: fact.at), fact)
        case .runnerRegistered(let data): try register(data, fact)
        case .runnerRetired(let data):
            guard let runner = runners.removeValue(forKey: data.runner) else {
                throw fact.error("runner \(data.runner) is not registered")
            }
            runnersByHost[runner.host] = nil
        case .scheduleConfigured(let data): schedules.configure(data)
        case .reactionParked(let data): reactions.park(data, at: fact.at)
        case .reactionRetried(let data): reactions.retry(data)
        default: break
        }
    }

    private mutating func admit(_ record: TaskRecord, _ fact: Fact) throws(HistoryError) {
        guard records[record.id] == nil else { throw fact.error("task \(record.id) is not finished") }
        if let key = record.order.unique, let other = unique[key] {
            throw fact.error("task \(other) has the key '\(key)' and is not finished")
        }
        insert(record)
    }

    mutating func insert(_ record: TaskRecord) {
        if let key = record.order.unique { unique[key] = record.id }
        records[record.id] = record
    }

    private mutating func move(_ task: TaskID, _ fact: Fact) throws(HistoryError) {
        guard records[task] != nil else { throw fact.error("task \(task) is unknown or finished") }
        try records[task]?.evolve(fact)
    }

    private mutating func register(_ data: RunnerRegistered, _ fact: Fact) throws(HistoryError) {
        guard runners[data.runner] == nil, runnersByHost[data.host] == nil else {
            throw fact.error("\(data.host) has a registered runner")
        }
        insert(Runner(id: data.runner, host: data.host, session: data.session, registeredAt: fact.at))
    }

    mutating func insert(_ runner: Runner) {
        runners[runner.id] = runner
        runnersByHost[runner.host] = runner.id
    }
}

/// What views and runners ask.
extension Tasks {
    /// The unfinished task of that id.
    public func task(_ id: TaskID) -> TaskRecord? { records[id] }

    /// The unfinished task that was queued under that key.
    public func task(unique key: String) -> TaskRecord? { unique[key].flatMap { records[$0] } }

    /// All unfinished tasks, in the order in which they were queued.
    public var unfinished: [TaskRecord] { records.values.sorted { $0.position < $1.position } }

    /// Unfinished tasks that a runner of `host` claimed: what a new runner of that host adopts.
    public func claimed(on host: String) -> [TaskRecord] {
        unfinished.filter { $0.host == host && $0.phase != .queued }
    }

    /// The registered runner of that id.
    public func runner(_ id: RunnerID) -> Runner? { runners[id] }

    /// The registered runner of a host.
    public func runner(on host: String) -> Runner? { runnersByHost[host].flatMap { runners[$0] } }

    /// The runner that is registered by `session`.
    public func runner(of session: SessionID) -> Runner? { runners.values.first { $0.session == session } }

    /// All registered runners, by host.
    public var registered: [Runner] { runners.values.sorted { $0.host < $1.host } }
}
