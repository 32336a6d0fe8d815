internal import EventStore
internal import Events
internal import Projections
internal import System

/// Brings notifications to people by mail and webhooks, each channel by itself, so that one that hangs holds up no other: looks at
/// what is owed (`Outbox`), sends it, and says what came of it. What was sent and not said is sent again, by whoever looks next,
/// with the same id.
final class Deliverer: Sendable {
    private let service: Service
    private let runner: RunnerID
    private let wakers = Channel.allCases.map { (channel: $0, waker: Waker()) }

    /// Between two looks at least, and at most.
    static let (shortestPause, longestPause) = (Duration.milliseconds(100), Duration.seconds(5))

    init(service: Service, runner: RunnerID) {
        self.service = service
        self.runner = runner
    }

    /// Something happened that may matter.
    func wake() {
        for (_, waker) in wakers { waker.wake() }
    }

    func run() async throws {
        let lease = OutboxLease(service.site, runner: runner)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (channel, waker) in wakers {
                group.addTask { [self] in
                    var round = DeliveryRound(service: service, runner: runner, channel: channel, lease: lease)
                    try await service.look(
                        at: "notifications by \(channel.rawValue)", waker, shortest: Self.shortestPause,
                        afterFailure: Self.longestPause
                    ) {
                        try await round.run()
                    }
                }
            }
            try await group.next()
            group.cancelAll()
        }
    }
}
