import Events

/// Tasks: queue, start, stop, finish.
extension Platform {
    /// The most tasks that are unfinished at one time.
    public static let maximumTasks = 100_000

    mutating func queueTask(
        _ order: TaskQueued, _ place: TaskSession, _ awaiting: Awaiting?, _ draft: inout Draft
    ) throws -> Reply {
        if let key = order.unique, let other = tasks.task(unique: key) {
            guard let awaiting else { return .existing(other.id) }
            let answer = try awaitTask(other.id, awaiting, &draft)
            if case .awaiting = answer { return .existing(other.id) }
            return answer
        }
        guard tasks.task(order.task) == nil else {
            throw Refusal(.taskExists, "Task \(order.task) was queued before.")
        }
        if let run = order.scheduled, !isNew(run, of: order.type) { return .ranBefore }
        try checkRoom(for: order)
        var order = order
        order.locks = try canonical(order.locks, allowingNone: true)
        order.notBefore = order.notBefore?.writable
        let isDue = order.notBefore.map { $0 <= draft.at } ?? true
        if isDue { try check(place, order.locks) }
        let seat = try awaiting.map { try self.seat(of: $0.holder) }
        if let awaiting, let seat {
            let answer = try refuseWait(order.task, .newTask(order.task, order.locks), seat, awaiting, &draft)
            if let answer { return answer }
        }
        try emit(.taskQueued(order), &draft)
        if isDue { try present(order, place, &draft) }
        if let seat { try beginWait(order.task, seat, &draft) }
        return .task(order.task)
    }

    func checkRoom(for order: TaskQueued) throws {
        guard tasks.records.count < Self.maximumTasks else {
            throw Refusal(.tooMany, "\(Self.maximumTasks) tasks are unfinished.")
        }
        guard (0...Self.maximumRetries).contains(order.retries ?? 0), order.backoff ?? 0 >= 0 else {
            throw Refusal(
                .invalid, "A task is retried 0 to \(Self.maximumRetries) times, after a time that is not negative.")
        }
    }

    /// When a task is due its runner measures: the log's time stands still while the database's clock, set back, is behind it.
    mutating func taskDue(_ task: TaskID, _ place: TaskSession, _ draft: inout Draft) throws -> Reply {
        let record = try unfinished(task)
        guard record.phase == .queued, locks.session(of: task) == nil else { return .task(task) }
        try check(place, record.order.locks)
        try present(record.order, place, &draft)
        return .task(task)
    }

    private func check(_ place: TaskSession, _ wanted: [Lock]) throws {
        guard locks.session(place.session) == nil, !locks.ancestry.ended.contains(place.session) else {
            throw Refusal(.sessionExists, "Session \(place.session) was opened before.")
        }
        if !wanted.isEmpty { try check(place.request) }
    }

    /// A task that is due takes part: its session opens, and it asks for its locks or is claimed.
    private mutating func present(_ order: TaskQueued, _ place: TaskSession, _ draft: inout Draft) throws {
        try emit(
            .sessionOpened(
                SessionOpened(
                    session: place.session, host: place.host, user: place.user, label: order.type, task: order.task)),
            &draft)
        guard !order.locks.isEmpty else { return try claim(order.task, &draft) }
        try emit(
            .lockRequested(LockRequested(request: place.request, session: place.session, locks: order.locks)), &draft)
        unsettled.consider(draft.head)
        try settle(&draft)
    }

    mutating func taskStarted(_ data: TaskStarted, _ runner: RunnerID, _ draft: inout Draft) throws -> Reply {
        let record = try claimed(data.task, data.attempt, runner)
        guard record.start == nil else { throw Refusal(.wrongState, "Task \(data.task) was started before.") }
        guard locks.session(of: data.task)?.id == data.session else {
            throw Refusal(.noSuchSession, "Session \(data.session) is not that of task \(data.task).")
        }
        try emit(.taskStarted(data), &draft)
        return .done
    }

    mutating func taskProgressed(
        _ data: TaskProgressed, _ runner: RunnerID?, _ draft: inout Draft
    ) throws -> Reply {
        let record = try runner.map { try claimed(data.task, data.attempt, $0) } ?? unfinished(data.task)
        guard record.start != nil, record.attempt == data.attempt else {
            throw Refusal(.wrongState, "Attempt \(data.attempt) of task \(data.task) does not run.")
        }
        guard (0...100).contains(data.percent) else { throw Refusal(.invalid, "Progress is 0 to 100 percent.") }
        try check(data.message, "The message")
        try emit(.taskProgressed(data), &draft)
        return .done
    }

    mutating func stopTask(
        _ task: TaskID, _ by: String, _ reason: String?, _ now: Bool, _ draft: inout Draft
    ) throws -> Reply {
        let record = try unfinished(task)
        try check(reason, "The reason")
        let isUrged = now && record.stop?.now != true
        guard record.phase != .stopping || isUrged else { return .stopping(.stopping) }
        try emit(
            .taskStopRequested(
                TaskStopRequested(task: task, attempt: record.attempt, by: by, reason: reason, now: now)), &draft)
        guard record.phase == .queued else { return .stopping(.stopping) }
        let evidence = "stopped by \(by) before it was claimed"
        try finish(
            TaskFinished(task: task, attempt: record.attempt, outcome: .stopped, evidence: evidence),
            SessionEnded.Cause.closed, &draft)
        try settle(&draft)
        return .stopping(.finished)
    }

    mutating func taskFinished(
        _ data: TaskFinished, _ runner: RunnerID, _ jitter: Int, _ draft: inout Draft
    ) throws -> Reply {
        let record = try claimed(data.task, data.attempt, runner)
        var data = data
        data.retry = record.isRetried(after: data.outcome)
        try finish(data, .exited, &draft)
        if data.retry { try scheduleRetry(of: record, jitter, &draft) }
        try settle(&draft)
        return .done
    }

    /// An attempt's end is also its session's end and its locks' release; the task's own is that of all waits for it.
    private mutating func finish(
        _ data: TaskFinished, _ cause: SessionEnded.Cause, _ draft: inout Draft
    ) throws(HistoryError) {
        try emitFinished(data, &draft)
        let waited = data.retry ? [] : try endWaits(for: data.task, &draft)
        if let session = locks.session(of: data.task) {
            try giveBack(session.id, data.outcome == .stopped ? .cancelled : .sessionEnded, &draft)
            try close(SessionEnded(session: session.id, cause: cause, evidence: data.evidence), &draft)
        }
        for session in waited { try closeIfIdle(session, &draft) }
    }

    private func unfinished(_ task: TaskID) throws -> TaskRecord {
        guard let record = tasks.task(task) else {
            throw Refusal(.noSuchTask, "Task \(task) is finished or never was.")
        }
        return record
    }

    /// An attempt that is under way, spoken of by the registered runner of its host.
    private func claimed(_ task: TaskID, _ attempt: Int, _ runner: RunnerID) throws -> TaskRecord {
        guard let registered = tasks.runner(runner) else {
            throw Refusal(.noSuchRunner, "Runner \(runner) is not registered any more.")
        }
        let record = try unfinished(task)
        guard record.phase != .queued, record.attempt == attempt else {
            throw Refusal(.wrongState, "Attempt \(attempt) of task \(task) is not claimed.")
        }
        guard record.host == registered.host else {
            throw Refusal(.noSuchRunner, "Runner \(runner) does not serve the host of task \(task).")
        }
        return record
    }
}
