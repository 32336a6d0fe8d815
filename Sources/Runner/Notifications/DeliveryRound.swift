internal import EventStore
internal import Events
internal import Logging
internal import Network
internal import Projections
internal import System

/// One look at what is owed, and the sending of it: mail by one connection, and each webhook beside it, so that one that hangs
/// holds up no other. Only by the runner that holds the lock of the outbox: one of all hosts.
struct DeliveryRound {
    let service: Service
    let runner: RunnerID
    /// Until when a mail server that was of no use to anybody is left alone; doubles with each time.
    private var rest: (until: MonotonicTime, pause: Duration)?
    private var settled = Settled()

    static let (shortestRest, longestRest) = (Duration.seconds(10), Duration.seconds(600))
    /// For one message.
    static let (mailTime, webhookTime) = (Duration.seconds(60), Duration.seconds(20))

    init(service: Service, runner: RunnerID) {
        self.service = service
        self.runner = runner
    }

    /// Sends what can go. The time after which to look again.
    mutating func run() async throws -> Duration {
        guard let settings = service.configuration.notifications else { return Deliverer.longestPause }
        let channels = service.configuration.channels
        guard channels != Channels(), try await holdsOutbox() else { return Deliverer.longestPause }
        let log = service.site.log
        let now = try await log.time()
        let part = try await log.inspectDurably { platform, _ in platform.outboxPart }
        let outbox = Outbox(part, by: channels, limit: settings.limit, at: now, after: settled)
        settled = outbox.settled
        let isResting = rest.map { $0.until > .now } ?? false
        let mails = isResting ? [] : outbox.messages.filter { $0.line.channel == .mail }
        let posts = Dictionary(grouping: outbox.messages.filter { $0.line.channel == .webhook }, by: \.line)
        let (service, runner) = (service, runner)
        let isUseless = try await withThrowingTaskGroup(of: Bool.self) { group in
            if let mail = settings.mail, !mails.isEmpty {
                group.addTask { try await MailDelivery(service: service, runner: runner, settings: mail).send(mails) }
            }
            for (line, messages) in posts {
                guard let webhook = settings.webhooks.first(where: { $0.name == line.recipient }) else { continue }
                group.addTask {
                    try await WebhookDelivery(service: service, runner: runner, settings: webhook).send(messages)
                    return false
                }
            }
            return try await group.reduce(false) { $0 || $1 }
        }
        if isUseless {
            let pause = min(rest.map { $0.pause * 2 } ?? Self.shortestRest, Self.longestRest)
            rest = (.now.advanced(by: pause), pause)
        } else if !mails.isEmpty {
            rest = nil
        }
        guard let next = outbox.next else { return Deliverer.longestPause }
        return min(max(.zero, .microseconds(next.microseconds - now.microseconds)), Deliverer.longestPause)
    }

    /// Takes the lock where it is free: another runner has it until it ends.
    private func holdsOutbox() async throws -> Bool {
        let runner = runner
        let (session, holds) = try await service.site.log.inspectDurably { platform, _ in
            (platform.tasks.runner(runner)?.session, platform.holdsOutbox(runner))
        }
        guard let session, !holds else { return holds }
        let request = LockRequest(
            site: service.site, holder: .session(session), session: session,
            locks: [Lock(Platform.outbox, .exclusive)], reason: "delivers notifications", patience: .none)
        do {
            _ = try await request.obtain(tell: { _ in })
            return true
        } catch {
            guard error is LockRequest.Failure else { throw error }
            return false
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
