internal import EventStore
internal import Events
internal import Logging
internal import Projections
internal import Synchronization
internal import System

/// Tasks that are not to start before a time, or not to be tried again: when it has come, they ask for their locks.
final class DelayedTasks: Sendable {
    private struct State {
        var times: [TaskID: MonotonicTime] = [:]
        /// Wakes who waits for the next time. One for each wait: a stream whose reader was cancelled is over.
        var waker: AsyncStream<Void>.Continuation?
    }

    private let service: Service
    private let state = Mutex(State())

    init(service: Service) {
        self.service = service
    }

    /// `now` is the time by the log, whose clock is the database's: that of the host may be another, and be set meanwhile.
    func add(_ task: TaskID, notBefore: Timestamp, now: Timestamp) {
        let due = MonotonicTime.now.advanced(by: .microseconds(max(0, notBefore.microseconds(since: now))))
        state.withLock { state in
            state.times[task] = due
            state.waker?.yield()
        }
    }

    func remove(_ task: TaskID) {
        _ = state.withLock { $0.times.removeValue(forKey: task) }
    }

    func run() async throws {
        while true {
            try Task.checkCancellation()
            let (changes, waker) = AsyncStream<Void>.makeStream()
            let next = state.withLock { state in
                state.waker = waker
                return state.times.min { $0.value < $1.value }
            }
            if let next, next.value <= .now {
                try await present(next.key, due: next.value)
            } else {
                await Self.pause(next?.value.durationFromNow, until: changes)
            }
        }
    }

    /// Until the time has passed or there is an earlier one.
    private static func pause(_ duration: Duration?, until changes: AsyncStream<Void>) async {
        await withTaskGroup(of: Void.self) { group in
            // Cancelled means: look again.
            if let duration { group.addTask { try? await Task.sleep(for: duration) } }
            group.addTask { for await _ in changes { return } }
            await group.next()
            group.cancelAll()
        }
    }

    private func present(_ task: TaskID, due: MonotonicTime) async throws {
        let site = service.site
        let type = try await service.persist("the delayed task \(task)") {
            try await site.log.inspect { platform, _ in platform.tasks.task(task)?.order.type }
        }
        let user = type.flatMap { service.configuration.tasks[$0]?.user } ?? site.site.user
        let place = TaskSession(
            session: try NewID.session(of: site.databaseID), request: try NewID.request(), host: site.site.host,
            user: user)
        do {
            _ = try await service.persist("the delayed task \(task)") {
                try await site.submit(.taskDue(task, place), as: "runner", correlation: task.text)
            }
        } catch {
            // The log knows better: it is over, or under way.
            guard error is Refusal else { throw error }
        }
        // Meanwhile it may have been run, and be delayed anew.
        state.withLock { state in
            if state.times[task] == due { state.times[task] = nil }
        }
    }
}
