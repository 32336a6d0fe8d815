internal import Events
internal import Logging
internal import Projections
internal import Synchronization
internal import System

/// Brings the mail server to its name and each app to its values, pass by pass: when something happened, on a timer, and ever more
/// rarely while a step is not done. A pass looks at how things are and does what is missing.
final class MailReconciler: Sendable {
    private let service: Service
    private let runner: RunnerID
    /// Wakes who waits for the next pass. One for each wait: a stream whose reader was cancelled is over.
    private let waker = Mutex<(isWoken: Bool, continuation: AsyncStream<Void>.Continuation?)>((false, nil))

    /// Between two passes at least: on a busy host hundreds of tasks end each second, and each pass goes through all apps.
    static let shortestPause = Duration.milliseconds(100)
    /// Between two passes at most.
    static let longestPause = Duration.seconds(5)

    init(service: Service, runner: RunnerID) {
        self.service = service
        self.runner = runner
    }

    /// Something happened that may matter.
    func wake() {
        waker.withLock { waker in
            waker.isWoken = true
            waker.continuation?.yield()
        }
    }

    func run() async throws {
        var pass = MailPass(service: service, runner: runner)
        while true {
            try Task.checkCancellation()
            let (changes, continuation) = AsyncStream<Void>.makeStream()
            waker.withLock { $0 = (false, continuation) }
            let pause: Duration
            do {
                pause = try await service.persist("the mail server's name") { try await pass.run() }
            } catch {
                if error is CancellationError { throw error }
                // The log knows better, or a file cannot be read: the next pass sees how things are.
                service.logger.error("the mail server's name: \(error)")
                pause = Self.longestPause
            }
            try await Task.sleep(for: Self.shortestPause)
            if waker.withLock({ $0.isWoken }) { continue }
            await Self.pause(pause, until: changes)
        }
    }

    private static func pause(_ duration: Duration, until changes: AsyncStream<Void>) async {
        await withTaskGroup(of: Void.self) { group in
            // Cancelled means: look again.
            group.addTask { try? await Task.sleep(for: duration) }
            group.addTask { for await _ in changes { return } }
            await group.next()
            group.cancelAll()
        }
    }
}
