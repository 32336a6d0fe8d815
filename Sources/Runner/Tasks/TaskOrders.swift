public import EventStore
public import Events
public import Projections

extension OpenSite {
    /// Queues a task of a configured type. With a `unique` key whose task is unfinished, that one is the answer.
    /// Throws `TaskRefusal` for arguments that the type does not take. Secret ones are encrypted before they go anywhere.
    /// `besides` are locks that it needs besides its type's; `slots` are the configured capacities. With `waiting`, who is in a session and going to wait for the task's end, the
    /// queueing and the waiting are one: `DeadlockRefused` where that would never end, and nothing is queued.
    public func start(
        _ type: TaskType, app: String?, arguments: [String: String], unique: String?, notBefore: Timestamp? = nil,
        besides: [Lock] = [], slots: [LockPath: Int], waiting: Claimant? = nil, origin: TaskOrigin = TaskOrigin()
    ) async throws -> (task: TaskID, isExisting: Bool) {
        if let unique, origin.actor == nil, TaskRecord.isReserved(unique) { throw TaskRefusal.keyReserved(unique) }
        let resolved = try type.resolve(app: app, arguments: arguments)
        let task = try NewID.task()
        let secrets = try await resolved.secrets.isEmpty ? [] : seal(resolved.secrets, for: task)
        let order = TaskQueued(
            task: task, type: type.name, app: app, arguments: resolved.arguments, secrets: secrets.map(\.name),
            locks: resolved.locks + besides, unique: unique, notBefore: notBefore,
            timeout: type.timeout.map(\.milliseconds),
            grace: type.grace.milliseconds, retries: type.retries?.max, backoff: type.retries?.backoff.milliseconds,
            idempotent: type.idempotent, scheduled: origin.scheduled, requestedBy: origin.actor ?? site.user)
        let session = TaskSession(
            session: try NewID.session(of: databaseID), request: try NewID.request(), host: site.host,
            user: type.user ?? site.user)
        try await configure(type.slots + besides.filter { $0.mode == .slot }.map(\.path), from: slots)
        let reply = try await submitJudged(correlation: order.task.text, secrets: secrets, origin: origin) { alive in
            .queueTask(order, session, awaitedBy: waiting.map { Awaiting(holder: $0.holder, alive: alive) })
        }
        switch reply {
        case .existing(let task): return (task, true)
        case .ranBefore: throw TaskRefusal.ranBefore
        default: return (order.task, false)
        }
    }

    /// Queues a task that is over for one more attempt, at once. Throws `TaskRetryFailure` and `Refusal`.
    public func retry(_ task: TaskID) async throws {
        let events = try await LogScan(site.endpoint).stream("task-\(task)", limit: LogScan.maximumTaskEvents)
        guard let first = events.first else { throw TaskRetryFailure.noSuchTask }
        guard first.payload != nil else { throw TaskRetryFailure.redacted }
        guard let record = TaskRecord(folding: try events.map { try $0.fact() }), record.phase == .finished else {
            throw TaskRetryFailure.unfinished
        }
        let next = record.attempt + 1
        do {
            // The id keeps two who retry at a time from making one attempt each.
            _ = try await submit(
                .retryTask(record.order, attempt: next, by: site.user), id: CommandID("retry-\(task)-\(next)"),
                correlation: task.text)
        } catch {
            guard error is AlreadyAppended else { throw error }
            throw TaskRetryFailure.unfinished
        }
    }

    private func seal(_ values: [String: String], for task: TaskID) async throws -> [SealedSecret] {
        let key = try await secretKey()
        return try values.sorted { $0.key < $1.key }.map { name, value in
            SealedSecret(task: task, name: name, bytes: try key.seal(value, of: task, name))
        }
    }

    /// How a task stands now, with whether it is finished. Nil when there never was such a task.
    public func status(of task: TaskID, isExisting: Bool = false) async throws -> TaskStatus? {
        let unfinished = try await log.inspect { platform, _ in
            platform.tasks.task(task).map { TaskStatus($0, in: platform.locks, isExisting: isExisting) }
        }
        if let unfinished { return unfinished }
        let finished = try await LogScan(site.endpoint).finishedTask(task)
        // Whoever waited goes on now: what was read has to be durable first.
        if finished != nil { _ = try await log.inspectDurably { _, position in position } }
        return finished
    }
}

/// Where a task comes from that nobody asks for by hand.
public struct TaskOrigin: Sendable {
    /// Who gives the order; nil for the user.
    var actor: String?
    /// Made from what led to it, so that the order is given once.
    var id: CommandID?
    /// The event that led to it.
    var causation: Position?
    /// The run of a schedule that it is.
    var scheduled: ScheduledRun?

    /// What a user asks for.
    public init() {}

    init(actor: String, id: CommandID? = nil, causation: Position? = nil, scheduled: ScheduledRun? = nil) {
        (self.actor, self.id, self.causation, self.scheduled) = (actor, id, causation, scheduled)
    }
}

/// Why a task is not tried again.
public enum TaskRetryFailure: Error, Sendable {
    case noSuchTask
    /// It is under way, or somebody else retried it just now.
    case unfinished
    /// What was ordered is erased.
    case redacted
}

extension LogScan {
    /// Events of one task's stream that are read; a stream is not longer but for a flood of progress.
    public static let maximumTaskEvents = 100_000

    /// A finished task, from the events of its own stream; as it was behind the event at `position`, if one is given. Nil
    /// when there is none of that id.
    public func finishedTask(_ task: TaskID, at position: Position = .max) async throws -> TaskStatus? {
        let events = try stream("task-\(task)", limit: Self.maximumTaskEvents).prefix { $0.position <= position }
        let facts = try events.map { event in try event.fact() }
        return TaskRecord(folding: facts).map(TaskStatus.init(finished:))
    }
}

extension Duration {
    /// Whole milliseconds.
    var milliseconds: Int { microseconds / 1000 }
}
