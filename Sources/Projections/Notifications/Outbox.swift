public import Events

/// By what notifications are brought to people, as it is configured.
public struct Channels: Sendable, Equatable {
    /// An address that takes what these people may read.
    public struct Webhook: Sendable, Equatable {
        /// By which it is known; no secret.
        public let name: String
        /// For whom it stands.
        public let staff: Set<Staff>

        /// Nothing is checked.
        public init(name: String, staff: Set<Staff>) {
            (self.name, self.staff) = (name, staff)
        }
    }

    /// True where mail can be sent.
    public var mail: Bool
    /// In any order.
    public var webhooks: [Webhook]

    /// None of them, where nothing is said.
    public init(mail: Bool = false, webhooks: [Webhook] = []) {
        (self.mail, self.webhooks) = (mail, webhooks)
    }

    /// Those of one kind.
    public func only(_ channel: Channel) -> Channels {
        switch channel {
        case .mail: Channels(mail: mail)
        case .webhook: Channels(webhooks: webhooks)
        }
    }
}

/// One message to one recipient by one channel.
public struct Message: Sendable, Equatable {
    /// What it tells of one notification.
    public struct Item: Sendable, Equatable {
        /// Which one.
        public let notification: NotificationID
        /// What of it.
        public let telling: Telling

        /// Nothing is checked.
        public init(notification: NotificationID, telling: Telling) {
            (self.notification, self.telling) = (notification, telling)
        }
    }

    /// The way that it goes.
    public let line: Line
    /// Since when who is called so has been who he is, and is written to there; nil for a webhook.
    public let since: Timestamp?
    /// What it tells; the first is at its head. More than one is a summary of what was held back.
    public let items: [Item]

    /// Nothing is checked.
    public init(line: Line, since: Timestamp?, items: [Item]) {
        (self.line, self.since, self.items) = (line, since, items)
    }

    /// The same each time the message is made again, so that who gets it twice sees one; another one where it tells of anything
    /// else, so that nobody takes it for what he has seen.
    public var id: String {
        let names = items.map { "\($0.notification).\($0.telling.rawValue)" }
        let summary = names.count > 1 ? ".\(String(Self.checksum(of: names), radix: 16))" : ""
        return "\(names.first ?? "")\(summary).\(line.channel.rawValue).\(line.recipient)"
    }

    /// FNV-1a: the names are ours, so that nobody looks for two lists with the same.
    private static func checksum(of names: [String]) -> UInt64 {
        names.joined(separator: " ").utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}

/// What is to be sent: computed from the state alone, again and again, so that whoever was interrupted, or came late, comes to
/// the same end. Who is meant is asked of the roles as they are.
public struct Outbox: Sendable, Equatable {
    /// What can go at once, by recipient, those behind all others who failed last time; a message each but for what is above the limit, or behind a failure: that is one.
    public let messages: [Message]
    /// All that is owed, whether its time has come or not.
    public let owed: [Line: [Message.Item]]
    /// When more can go; nil where nothing is held back.
    public let next: Timestamp?
    /// What the next look need not walk again.
    public let settled: Settled

    /// Of the state as it is at `now`. What an earlier look left `settled` makes no difference to it, but for the time it takes.
    /// `tryingServer`: whoever waits because of the mail server alone waits no longer, as it may be another by now.
    public init(
        _ platform: Platform, by channels: Channels, limit: DeliveryLimit, at now: Timestamp,
        after settled: Settled = Settled(), tryingServer: Bool = false
    ) {
        (owed, self.settled) = platform.owed(by: channels, after: settled)
        var (messages, next): ([Message], Timestamp?) = ([], nil)
        // Who hung last time comes behind those whom he would hold up.
        let ways = owed.map { (line: $0.key, items: $0.value, state: platform.state(of: $0.key)) }.sorted {
            ($0.state.isOwnTrouble ? 1 : 0, $0.line) < ($1.state.isOwnTrouble ? 1 : 0, $1.line)
        }
        for (line, items, state) in ways {
            let turn = Turn(items, state, limit, now, tryingServer: tryingServer)
            let since = line.channel == .webhook ? nil : platform.users[line.recipient]?.addressSince
            messages += turn.batches.map { Message(line: line, since: since, items: $0) }
            if let later = turn.next { next = min(next ?? later, later) }
        }
        (self.messages, self.next) = (messages, next)
    }
}

/// What of the things that are owed on one line can go now.
private struct Turn {
    var batches: [[Message.Item]] = []
    var next: Timestamp?

    /// `items`: what matters most first.
    init(
        _ items: [Message.Item], _ line: LineState, _ limit: DeliveryLimit, _ now: Timestamp, tryingServer: Bool
    ) {
        if let notBefore = line.notBefore, notBefore > now, !(tryingServer && line.isOfServer) {
            next = notBefore
            return
        }
        let recent = line.sent.filter { now.microseconds(since: $0) < limit.window }
        let room = limit.messages - recent.count
        guard room > 0 else {
            next = recent.dropFirst(-room).first.map { Timestamp(microseconds: $0.microseconds + limit.window) }
            return
        }
        // Behind a failure one message says all: a way that fails is not tried with each of them.
        let alone = line.attempts > 0 ? 0 : items.count <= room ? items.count : room - 1
        batches = items.prefix(alone).map { [$0] }
        if alone < items.count { batches.append(Array(items.dropFirst(alone))) }
    }
}

/// That of which nothing was owed, and who was meant then: while neither has changed, nothing is. Values that were not changed
/// share their storage, so that to compare them costs next to nothing.
public struct Settled: Sendable, Equatable {
    /// A way to somebody; since when who is called so is who he is, and is written to there.
    struct Way: Sendable, Equatable {
        var line: Line
        var since: Timestamp
        var addressSince: Timestamp
    }

    var records: [NotificationID: Notification] = [:]
    var ways: [Addressees: [Way]] = [:]

    /// Nothing is known of an earlier look.
    public init() {}
}

extension Platform {
    /// The part of the state that the outbox follows from. Who walks it on his own thread holds up nobody who commits.
    public var outboxPart: Platform {
        var part = Platform()
        (part.users, part.apps, part.notifications) = (users, apps, notifications)
        return part
    }

    /// What is owed, by the way that it is to go: what matters most first, what is over last.
    func owed(by channels: Channels) -> [Line: [Message.Item]] { owed(by: channels, after: Settled()).owed }

    fileprivate func owed(
        by channels: Channels, after before: Settled
    ) -> (owed: [Line: [Message.Item]], settled: Settled) {
        var owed: [Line: [Message.Item]] = [:]
        var settled = Settled()
        for audience in Set(notifications.records.values.map(\.audience)) {
            settled.ways[audience] = ways(to: audience, by: channels)
        }
        let unchanged = Set(settled.ways.keys.filter { before.ways[$0] == settled.ways[$0] })
        settled.records = notifications.records.filter { id, record in
            unchanged.contains(record.audience) && before.records[id] == record
        }
        let records = notifications.records.values.filter { settled.records[$0.id] == nil }.sorted {
            ($0.resolution == nil ? 1 : 0, $0.severity, -$0.position) > (
                $1.resolution == nil ? 1 : 0, $1.severity, -$1.position
            )
        }
        for record in records {
            var isOwed = false
            for way in settled.ways[record.audience] ?? [] {
                guard let telling = record.owed(by: way) else { continue }
                owed[way.line, default: []].append(Message.Item(notification: record.id, telling: telling))
                isOwed = true
            }
            if !isOwed { settled.records[record.id] = record }
        }
        return (owed, settled)
    }

    private func ways(to audience: Addressees, by channels: Channels) -> [Settled.Way] {
        let hooks = channels.webhooks.filter { audience.includes(any: $0.staff) }.map {
            Settled.Way(
                line: Line(recipient: $0.name, channel: .webhook), since: Timestamp(microseconds: .min),
                addressSince: Timestamp(microseconds: .min))
        }
        guard channels.mail else { return hooks }
        return hooks
            + recipients(of: audience).filter { $0.email != nil }.map {
                Settled.Way(
                    line: Line(recipient: $0.name, channel: .mail), since: $0.addedAt, addressSince: $0.addressSince)
            }
    }
}

extension Notification {
    /// What somebody is to be told of it; nil for nothing. An outcome from before `way.since` was another's of the same name; what
    /// failed at a former address is tried at the new one.
    fileprivate func owed(by way: Settled.Way) -> Telling? {
        var outcome = outcomes[way.line]
        if let failed = outcome, failed.problem != nil, failed.at < way.addressSince { outcome = failed.beforeFailure }
        if let found = outcome, found.at < way.since { outcome = nil }
        if let resolution {
            guard resolution.cause.isTold, let outcome, let toldAt = outcome.toldAt, toldAt >= way.since,
                outcome.telling != .resolved
            else { return nil }
            return .resolved
        }
        guard let outcome, outcome.telling >= Telling(severity) else { return Telling(severity) }
        return nil
    }
}
