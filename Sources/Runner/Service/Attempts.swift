internal import Events
internal import Logging
internal import Projections
internal import Synchronization
internal import System

/// The attempts of this host: each claimed task is driven by a task of its own, from the launch of its shim to its end.
final class Attempts: Sendable {
    private struct Contents {
        /// By task the attempt that is driven last: the one before it may still be on its way out.
        var driven: [TaskID: Int] = [:]
        /// Where stop orders go.
        var connections: [TaskID: AttemptConnection] = [:]
        var stops: [TaskID: ShimRequest] = [:]
    }

    private let service: Service
    private let runner: RunnerID
    private let contents = Mutex(Contents())
    private let orders: AsyncStream<TaskRecord>
    private let queue: AsyncStream<TaskRecord>.Continuation

    init(service: Service, runner: RunnerID) {
        self.service = service
        self.runner = runner
        (orders, queue) = AsyncStream.makeStream()
    }

    /// Drives a task that is claimed or runs already; once.
    func add(_ task: TaskRecord) {
        let isNew = contents.withLock { contents in
            guard contents.driven[task.id, default: 0] < task.attempt else { return false }
            contents.driven[task.id] = task.attempt
            contents.connections[task.id] = nil
            contents.stops[task.id] = task.stop.map { Self.order(now: $0.now) }
            return true
        }
        if isNew { queue.yield(task) }
    }

    /// Passes the order to stop on to the task's shim, now or as soon as it listens. Another host's task is not ours.
    func stop(_ data: TaskStopRequested) {
        let order = Self.order(now: data.now)
        let connection: AttemptConnection? = contents.withLock { contents in
            guard contents.driven[data.task] == data.attempt else { return nil }
            contents.stops[data.task] = order
            return contents.connections[data.task]
        }
        // A shim that has gone has no more need to be told.
        try? connection?.send(order)
    }

    private static func order(now: Bool) -> ShimRequest { now ? .kill : .stop(graceMilliseconds: nil) }

    /// The attempt's driver has a line to its shim.
    func connected(_ task: TaskRecord, _ connection: AttemptConnection) {
        let order: ShimRequest? = contents.withLock { contents in
            guard contents.driven[task.id] == task.attempt else { return nil }
            contents.connections[task.id] = connection
            return contents.stops[task.id]
        }
        // A shim that has gone has no more need to be told.
        if let order { try? connection.send(order) }
    }

    /// Runs the drivers; ends when cancelled, and leaves the tasks running.
    func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            for await task in orders { group.addTask { await self.drive(task) } }
            group.cancelAll()
        }
        throw CancellationError()
    }

    /// Between two tries at an attempt whose files or processes cannot be worked on (a full disk, no more processes).
    static let retryPause = Duration.seconds(2)

    /// Drives an attempt to its end, whatever is in the way: how it goes on is read from what is left of it.
    private func drive(_ task: TaskRecord) async {
        while !Task.isCancelled {
            do {
                try await service.persist("task \(task.id)") {
                    try await Attempt(task, service: self.service, runner: self.runner, attempts: self).run()
                }
                return ended(task)
            } catch {
                if error is CancellationError { return }
                service.logger.error("task \(task.id): \(error)")
                // The log knows better: it is finished, or another runner's.
                if error is Refusal { return ended(task) }
            }
            // Cancelled means: the runner ends.
            try? await Task.sleep(for: Self.retryPause)
        }
    }

    private func ended(_ task: TaskRecord) {
        contents.withLock { contents in
            guard contents.driven[task.id] == task.attempt else { return }
            contents.driven[task.id] = nil
            contents.connections[task.id] = nil
            contents.stops[task.id] = nil
        }
    }
}
