public import Events

/// One task, as its events tell it: a fold over its stream.
public struct TaskRecord: Sendable, Equatable {
    /// How far it is. Whether a queued one is waiting for locks is told by its session.
    public enum Phase: String, Sendable {
        case queued, claimed, running, stopping, finished
    }

    /// Who ordered the stop, and why.
    public struct StopOrder: Sendable, Equatable {
        /// Who.
        public let by: String
        /// Why.
        public let reason: String?
        /// True when it is killed at once.
        public let now: Bool
    }

    /// The last word of the task on how far it is.
    public struct Progress: Sendable, Equatable {
        /// 0 to 100.
        public let percent: Int
        /// What it does.
        public let message: String?
    }

    /// What was asked for.
    public let order: TaskQueued
    /// The time of `task.queued`.
    public let queuedAt: Timestamp
    /// The position of `task.queued`.
    public let position: Position
    /// How far it is.
    public internal(set) var phase = Phase.queued
    /// The attempt that runs, or is going to.
    public internal(set) var attempt = 1
    /// The runner that claimed it.
    public internal(set) var runner: RunnerID?
    /// The host that it was claimed on, also by an earlier attempt.
    public internal(set) var host: String?
    /// The time of the claim.
    public internal(set) var claimedAt: Timestamp?
    /// Its main process, once it started.
    public internal(set) var start: TaskStarted?
    /// The time of the start.
    public internal(set) var startedAt: Timestamp?
    /// How far it says it is.
    public internal(set) var progress: Progress?
    /// The order to stop, if there was one.
    public internal(set) var stop: StopOrder?
    /// How it ended: of a finished task.
    public internal(set) var end: TaskFinished?
    /// The time of its end.
    public internal(set) var finishedAt: Timestamp?
    /// How the attempt before ended, where there was one.
    public internal(set) var lastEnd: TaskFinished?
    /// Database time before which the next attempt neither starts nor asks for its locks.
    public internal(set) var notBefore: Timestamp?

    /// What it is called.
    public var id: TaskID { order.task }

    init(_ data: TaskQueued, position: Position, at: Timestamp) {
        order = data
        self.position = position
        queuedAt = at
        notBefore = data.notBefore
    }

    /// A task that was over is queued again, for one more attempt.
    init(_ order: TaskQueued, again data: TaskRetryScheduled, position: Position, at: Timestamp) {
        self.init(order, position: position, at: at)
        (attempt, notBefore) = (data.attempt, data.notBefore)
    }

    /// Nil when the first of `facts` is not `task.queued`, or one does not fit: they are to be one task's stream. Who
    /// waits for its end changes nothing for it.
    public init?(folding facts: some Sequence<Fact>) {
        var record: TaskRecord?
        for fact in facts {
            if record == nil {
                guard case .taskQueued(let data) = fact.event else { return nil }
                record = TaskRecord(data, position: fact.position, at: fact.at)
            } else {
                switch fact.event {
                case .taskWaitBegan, .taskWaitEnded: continue
                default: do { try record?.evolve(fact) } catch { return nil }
                }
            }
        }
        guard let record else { return nil }
        self = record
    }

    mutating func evolve(_ fact: Fact) throws(HistoryError) {
        switch fact.event {
        case .taskClaimed(let data):
            try expect(phase == .queued && data.attempt == attempt, fact, "is not to be claimed")
            phase = .claimed
            (runner, host, claimedAt) = (data.runner, data.host, fact.at)
        case .taskStarted(let data):
            try expect(phase == .claimed || phase == .stopping, fact, "is not claimed")
            try expect(start == nil && data.attempt == attempt, fact, "was started before")
            if phase == .claimed { phase = .running }
            (start, startedAt) = (data, fact.at)
        case .taskProgressed(let data):
            try expect(start != nil && phase != .finished && data.attempt == attempt, fact, "does not run")
            progress = Progress(percent: data.percent, message: data.message)
        case .taskStopRequested(let data):
            try expect(phase != .finished && data.attempt == attempt, fact, "is finished")
            if phase != .queued { phase = .stopping }
            stop = StopOrder(by: data.by, reason: data.reason, now: data.now)
        case .taskFinished(let data):
            try expect(phase != .finished && data.attempt == attempt, fact, "is finished")
            if data.retry { return requeue(for: attempt + 1, after: data) }
            phase = .finished
            (end, finishedAt) = (data, fact.at)
        case .taskRetryScheduled(let data):
            if phase == .finished, let end, data.order != nil { requeue(for: attempt + 1, after: end) }
            try expect(phase == .queued && data.attempt == attempt, fact, "is not to be scheduled")
            notBefore = data.notBefore
        default: throw fact.error("it does not belong to task \(id)")
        }
    }

    /// Back to the queue. Its host stays: there the next attempt is made.
    private mutating func requeue(for next: Int, after last: TaskFinished) {
        (phase, attempt, lastEnd) = (.queued, next, last)
        (runner, claimedAt, start, startedAt, progress, stop, end, finishedAt) = (
            nil, nil, nil, nil, nil, nil, nil, nil
        )
    }

    private func expect(_ condition: Bool, _ fact: Fact, _ problem: String) throws(HistoryError) {
        guard condition else { throw fact.error("attempt \(attempt) of task \(id) \(problem)") }
    }
}
