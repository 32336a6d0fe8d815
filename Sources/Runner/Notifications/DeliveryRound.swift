internal import EventStore
internal import Events
internal import Logging
internal import MySQL
internal import Network
internal import Projections
internal import System

/// Looks at what is owed by one channel. Only by the runner that holds the outbox: one of all hosts.
struct DeliveryRound {
    let service: Service
    let channel: Channel
    let lease: OutboxLease
    private var settled = Settled()

    init(service: Service, channel: Channel, lease: OutboxLease) {
        (self.service, self.channel, self.lease) = (service, channel, lease)
    }

    /// What can go now, and after which time to look again.
    struct Look {
        let messages: [Message]
        let pause: Duration
    }

    /// Nil where nothing is configured, or another runner delivers. `tryingServer`: see `Outbox`.
    mutating func look(tryingServer: Bool = false) async throws -> Look? {
        guard let settings = service.configuration.notifications else { return nil }
        let channels = service.configuration.channels.only(channel)
        guard channels != Channels(), try await lease.isHeld() else { return nil }
        let log = service.site.log
        let now = try await log.time()
        let part = try await log.inspectDurably { platform, _ in platform.outboxPart }
        let outbox = Outbox(
            part, by: channels, limit: settings.limit, at: now, after: settled,
            tryingServer: tryingServer)
        settled = outbox.settled
        let next = outbox.next.map { Duration.microseconds($0.microseconds - now.microseconds) }
        return Look(
            messages: outbox.messages, pause: min(max(.zero, next ?? Deliverer.longestPause), Deliverer.longestPause))
    }
}

/// The notifications that are over, as their streams tell of them: the state has no texts of these. Each is read once for all who
/// are told, by one connection; for the time of a round.
actor EndedNotifications {
    private let endpoint: Endpoint
    private var scan: LogScan?
    private var known: [NotificationID: Notification] = [:]

    init(_ endpoint: Endpoint) { self.endpoint = endpoint }

    /// Those of a message.
    func of(_ message: Message) async throws -> [NotificationID: Notification] {
        let ids = message.items.filter { $0.telling == .resolved }.prefix(Told.maximumItems).map(\.notification)
        let unknown = ids.filter { known[$0] == nil }
        // Most messages have none: they cost no connection.
        if !unknown.isEmpty {
            let scan = try scan ?? LogScan(endpoint)
            self.scan = scan
            for record in try await scan.ended(unknown) { known[record.id] = record }
        }
        return Dictionary(ids.compactMap { id in known[id].map { (id, $0) } }) { first, _ in first }
    }
}

extension SendOutcome {
    /// What is to be recorded of it; nil where the message was taken.
    var failure: DeliveryFailure? {
        switch self {
        case .delivered: nil
        case .transient(let problem, let pause):
            DeliveryFailure(
                "\(problem)", isOfServer: problem.isOfServer, retryAfter: pause.map { Int($0 / .microseconds(1)) })
        case .permanent(let problem): DeliveryFailure("\(problem)", isFinal: true)
        }
    }
}

extension Message {
    /// What of it is so yet: something may have come to be over since it was looked for. Nil for nothing.
    func current(in platform: Platform) -> Message? {
        let items = items.filter { item in
            item.telling == .resolved || platform.notifications[item.notification].map { $0.resolution == nil } ?? false
        }
        return items.isEmpty ? nil : Message(line: line, since: since, items: items)
    }
}

extension Service {
    /// Says what came of a message: no failure, where it was taken.
    func record(_ failure: DeliveryFailure?, of message: Message, by runner: RunnerID) async throws {
        RunnerStep.messageSent.reached()
        if let failure {
            logger.warning("\(message.line.words): \(failure.problem)")
            _ = try await site.submit(
                .deliveryFailed(message, failure, jitter: Int.random(in: 0...1000), by: runner), as: "runner")
        } else {
            _ = try await site.submit(.delivered(message, by: runner), as: "runner")
        }
        RunnerStep.deliveryRecorded.reached()
    }
}
