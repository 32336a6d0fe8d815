internal import EventStore
internal import Events
internal import Projections
internal import System

/// Brings notifications to people by mail and webhooks: looks at what is owed (`Outbox`), sends it, and says what came of it. What
/// was sent and not said is sent again, by whoever looks next, with the same id.
final class Deliverer: Sendable {
    private let service: Service
    private let runner: RunnerID
    private let waker = Waker()

    /// Between two looks at least, and at most.
    static let (shortestPause, longestPause) = (Duration.milliseconds(100), Duration.seconds(5))

    init(service: Service, runner: RunnerID) {
        self.service = service
        self.runner = runner
    }

    /// Something happened that may matter.
    func wake() { waker.wake() }

    func run() async throws {
        var round = DeliveryRound(service: service, runner: runner)
        try await service.look(
            at: "notifications", waker, shortest: Self.shortestPause, afterFailure: Self.longestPause
        ) {
            try await round.run()
        }
    }
}
