internal import Events
internal import Logging
internal import Projections
internal import Synchronization
internal import System

/// The webhooks that are being posted to: each by a task of its own, one at a time for each.
final class WebhookPosts: Sendable {
    private let service: Service
    private let runner: RunnerID
    private let waker: Waker
    private let underway = Mutex<Set<String>>([])

    /// For one message.
    static let time = Duration.seconds(20)
    /// With the mail they leave a thread to those who look whether servers answer, though all of them hang.
    static let atOnce = BlockingCall.maximumThreads - 2

    /// `waker`: of the look that starts them.
    init(service: Service, runner: RunnerID, waker: Waker) {
        (self.service, self.runner, self.waker) = (service, runner, waker)
    }

    /// Starts what can go and does not wait for it. The time after which to look again.
    func run(
        _ round: inout DeliveryRound, in group: inout ThrowingDiscardingTaskGroup<any Error>
    ) async throws -> Duration {
        // As of before the look: of one that ends during it the look may know nothing yet.
        var busy = underway.withLock { $0 }
        guard let look = try await round.look() else { return Deliverer.longestPause }
        let posts = Dictionary(grouping: look.messages, by: \.line.recipient)
        for webhook in service.configuration.notifications?.webhooks ?? [] {
            guard busy.count < Self.atOnce, let own = posts[webhook.name], busy.insert(webhook.name).inserted else {
                continue
            }
            underway.withLock { _ = $0.insert(webhook.name) }
            group.addTask { [self] in await send(own, to: webhook) }
        }
        return look.pause
    }

    private func send(_ messages: [Message], to webhook: NotificationSettings.Webhook) async {
        var isDone = false
        do {
            try await WebhookDelivery(service: service, runner: runner, settings: webhook).send(messages)
            isDone = true
        } catch {
            // It is owed yet: the next look, which nobody hurries, sends it again.
            if !(error is CancellationError) { service.logger.error("webhook \(webhook.name): \(error)") }
        }
        underway.withLock { _ = $0.remove(webhook.name) }
        if isDone { waker.wake() }
    }
}
