internal import EventStore
internal import Events
internal import Projections
internal import System

/// Brings notifications to people by mail and webhooks, each channel and each webhook by itself, so that one that hangs holds up
/// no other: looks at what is owed (`Outbox`), sends it, and says what came of it. What was sent and not said is sent again, by
/// whoever looks next, with the same id.
final class Deliverer: Sendable {
    private let service: Service
    private let runner: RunnerID
    private let mailWaker = Waker()
    private let webhookWaker = Waker()

    /// Between two looks at least, and at most.
    static let (shortestPause, longestPause) = (Duration.milliseconds(100), Duration.seconds(5))

    init(service: Service, runner: RunnerID) {
        self.service = service
        self.runner = runner
    }

    /// Something happened that may matter.
    func wake() {
        mailWaker.wake()
        webhookWaker.wake()
    }

    func run() async throws {
        let lease = OutboxLease(service.site, runner: runner)
        let (mail, webhooks) = (
            DeliveryRound(service: service, channel: .mail, lease: lease),
            DeliveryRound(service: service, channel: .webhook, lease: lease)
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [self] in
                var rounds = MailRounds(service: service, runner: runner, round: mail)
                try await look(at: "notifications by mail", mailWaker) { try await rounds.run() }
            }
            group.addTask { [self] in
                let posts = WebhookPosts(service: service, runner: runner, waker: webhookWaker)
                var round = webhooks
                try await withThrowingDiscardingTaskGroup { group in
                    try await look(at: "notifications by webhooks", webhookWaker) {
                        try await posts.run(&round, in: &group)
                    }
                }
            }
            try await group.next()
            group.cancelAll()
        }
    }

    private func look(at what: String, _ waker: Waker, _ look: () async throws -> Duration) async throws {
        try await service.look(
            at: what, waker, shortest: Self.shortestPause, afterFailure: Self.longestPause, look)
    }
}
