internal import EventStore
internal import Events
internal import Logging
internal import Network
internal import Projections
internal import System

/// One look at what is owed by one channel, and the sending of it: mail by one connection, webhooks beside each other. Only by the
/// runner that holds the outbox: one of all hosts.
struct DeliveryRound {
    let service: Service
    let runner: RunnerID
    let channel: Channel
    let lease: OutboxLease
    /// Until when a mail server that was of no use to anybody is left alone; doubles with each time.
    private var rest: (until: MonotonicTime, pause: Duration)?
    private var settled = Settled()

    static let (shortestRest, longestRest) = (Duration.seconds(10), Duration.seconds(600))
    /// For one message.
    static let (mailTime, webhookTime) = (Duration.seconds(60), Duration.seconds(20))
    /// With the mail they leave a thread to those who look whether servers answer, though all of them hang.
    static let webhooksAtOnce = BlockingCall.maximumThreads - 2

    init(service: Service, runner: RunnerID, channel: Channel, lease: OutboxLease) {
        (self.service, self.runner, self.channel, self.lease) = (service, runner, channel, lease)
    }

    /// Sends what can go. The time after which to look again.
    mutating func run() async throws -> Duration {
        guard let settings = service.configuration.notifications else { return Deliverer.longestPause }
        let channels = service.configuration.channels.only(channel)
        guard channels != Channels(), try await lease.isHeld() else { return Deliverer.longestPause }
        if let rest, rest.until > .now { return min(rest.until.durationFromNow, Deliverer.longestPause) }
        let log = service.site.log
        let now = try await log.time()
        let part = try await log.inspectDurably { platform, _ in platform.outboxPart }
        let outbox = Outbox(part, by: channels, limit: settings.limit, at: now, after: settled)
        settled = outbox.settled
        switch channel {
        case .mail: try await mail(outbox.messages, settings)
        case .webhook: try await post(outbox.messages, settings)
        }
        guard let next = outbox.next else { return Deliverer.longestPause }
        return min(max(.zero, .microseconds(next.microseconds - now.microseconds)), Deliverer.longestPause)
    }

    private mutating func mail(_ messages: [Message], _ settings: NotificationSettings) async throws {
        guard let mail = settings.mail, !messages.isEmpty else { return }
        let isUseless = try await MailDelivery(service: service, runner: runner, settings: mail).send(messages)
        guard isUseless else {
            rest = nil
            return
        }
        let pause = min(rest.map { $0.pause * 2 } ?? Self.shortestRest, Self.longestRest)
        rest = (.now.advanced(by: pause), pause)
    }

    private func post(_ messages: [Message], _ settings: NotificationSettings) async throws {
        let posts = Dictionary(grouping: messages, by: \.line.recipient)
        try await withThrowingTaskGroup(of: Void.self) { group in
            var underway = 0
            for webhook in settings.webhooks {
                guard let own = posts[webhook.name] else { continue }
                if underway == Self.webhooksAtOnce { try await group.next() } else { underway += 1 }
                let delivery = WebhookDelivery(service: service, runner: runner, settings: webhook)
                group.addTask { try await delivery.send(own) }
            }
            try await group.waitForAll()
        }
    }
}

/// What came of sending a message once.
enum Sent: Equatable {
    case delivered
    case failed(DeliveryFailure)

    init(_ outcome: SendOutcome) {
        switch outcome {
        case .delivered: self = .delivered
        case .transient(let problem, let pause):
            self = .failed(
                DeliveryFailure(
                    "\(problem)", isOfServer: problem.isOfServer,
                    retryAfter: pause.map { Int($0 / .microseconds(1)) }))
        case .permanent(let problem): self = .failed(DeliveryFailure("\(problem)", isFinal: true))
        }
    }
}

extension Service {
    /// Those of a message that are over, each from its stream: the state has no texts of them.
    func resolved(of message: Message) async throws -> [NotificationID: Notification] {
        let ids = message.items.prefix(Told.maximumItems).filter { $0.telling == .resolved }.map(\.notification)
        // Most messages have none: they cost no connection.
        guard !ids.isEmpty else { return [:] }
        let scan = try LogScan(site.site.endpoint)
        var over: [NotificationID: Notification] = [:]
        for id in ids { over[id] = try await scan.notification(id) }
        return over
    }

    /// Says what came of a message.
    func record(_ sent: Sent, of message: Message, by runner: RunnerID) async throws {
        RunnerStep.messageSent.reached()
        let site = site
        switch sent {
        case .delivered: _ = try await site.submit(.delivered(message, by: runner), as: "runner")
        case .failed(let failure):
            logger.warning("\(message.line.words): \(failure.problem)")
            _ = try await site.submit(
                .deliveryFailed(message, failure, jitter: Int.random(in: 0...1000), by: runner), as: "runner")
        }
        RunnerStep.deliveryRecorded.reached()
    }
}
