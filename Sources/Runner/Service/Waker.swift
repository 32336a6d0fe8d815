internal import Logging
internal import Synchronization
internal import System

/// Wakes one who waits for his next look, and remembers a wake that came while he was looking.
final class Waker: Sendable {
    /// One for each wait: a stream whose reader was cancelled is over.
    private let state = Mutex<(isWoken: Bool, continuation: AsyncStream<Void>.Continuation?)>((false, nil))

    /// Something happened that may matter.
    func wake() {
        state.withLock { state in
            state.isWoken = true
            state.continuation?.yield()
        }
    }

    /// Before a look: what happens from here on wakes.
    func begin() -> AsyncStream<Void> {
        let (changes, continuation) = AsyncStream<Void>.makeStream()
        state.withLock { $0 = (false, continuation) }
        return changes
    }

    /// Waits until it is woken, but at least `shortest` and at most `longest`.
    func pause(_ changes: AsyncStream<Void>, shortest: Duration, longest: Duration) async throws {
        try await Task.sleep(for: shortest)
        if state.withLock({ $0.isWoken }) { return }
        await withTaskGroup(of: Void.self) { group in
            // Cancelled means: look again.
            group.addTask { try? await Task.sleep(for: longest) }
            group.addTask { for await _ in changes { return } }
            await group.next()
            group.cancelAll()
        }
    }
}

extension Service {
    /// Looks, again and again, at how things are, and does what is missing: when woken, and at the latest after the time that the
    /// look before gave. One that fails is logged, and made up for by the next.
    func look(
        at what: String, _ waker: Waker, shortest: Duration, afterFailure: Duration,
        _ look: () async throws -> Duration
    ) async throws {
        while true {
            try Task.checkCancellation()
            let changes = waker.begin()
            var pause = afterFailure
            do {
                pause = try await persist(what) { try await look() }
            } catch {
                if error is CancellationError { throw error }
                // The log knows better, or a file cannot be read: the next look sees how things are.
                logger.error("\(what): \(error)")
            }
            try await waker.pause(changes, shortest: shortest, longest: pause)
        }
    }
}
