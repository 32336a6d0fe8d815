import Events

/// Further attempts: those that the order allows, and one more when somebody asks for it.
extension Platform {
    /// The most attempts after the first that an order allows.
    public static let maximumRetries = 1000
    /// The longest time before a further attempt, in microseconds, but for its jitter: one hour.
    public static let longestBackoff = 3_600_000_000

    /// The time before an attempt doubles with each, up to `longestBackoff`, and is up to half as long again, so that what
    /// failed together does not come again together.
    static func delay(before attempt: Int, backoff milliseconds: Int, jitter: Int) -> Int {
        var delay = min(milliseconds, longestBackoff / 1000) * 1000
        for _ in 2..<max(2, attempt) where delay < longestBackoff { delay = min(delay * 2, longestBackoff) }
        return delay + delay / 2 * min(max(jitter, 0), 1000) / 1000
    }

    mutating func scheduleRetry(of record: TaskRecord, _ jitter: Int, _ draft: inout Draft) throws(HistoryError) {
        let next = record.attempt + 1
        let delay = Self.delay(before: next, backoff: record.order.backoff ?? 0, jitter: jitter)
        let notBefore = Timestamp(microseconds: draft.at.microseconds + delay).writable
        try emit(
            .taskRetryScheduled(TaskRetryScheduled(task: record.id, attempt: next, notBefore: notBefore)), &draft)
    }

    /// `order` is what was ordered, from the log: a task that is over is no part of the state.
    mutating func retryTask(
        _ order: TaskQueued, _ attempt: Int, _ by: String, _ draft: inout Draft
    ) throws -> Reply {
        guard tasks.task(order.task) == nil else {
            throw Refusal(
                .wrongState, "Task \(order.task) is not finished.", hint: "See: interlock task show \(order.task)")
        }
        guard order.secrets.isEmpty else {
            throw Refusal(
                .wrongState, "Task \(order.task) was given secrets, and they were erased when it ended.",
                hint: "Start it anew: interlock task start \(order.type)")
        }
        if let key = order.unique, let other = tasks.task(unique: key) {
            throw Refusal(.taskExists, "Task \(other.id) has the same key '\(key)' and is not finished.")
        }
        try checkRoom(for: order)
        try emit(
            .taskRetryScheduled(
                TaskRetryScheduled(
                    task: order.task, attempt: attempt, notBefore: draft.at.writable, by: by, order: order)), &draft)
        return .task(order.task)
    }
}

extension TaskRecord {
    /// Whether another attempt follows one that ended so. What was stopped stays so. An end that nobody witnessed may have
    /// come after the work was done: only what is idempotent is done again.
    func isRetried(after outcome: TaskFinished.Outcome) -> Bool {
        guard stop == nil, attempt <= order.retries ?? 0 else { return false }
        return switch outcome {
        case .failed, .crashed, .timedOut, .notStarted: true
        case .lost: order.idempotent
        case .succeeded, .stopped: false
        }
    }
}
