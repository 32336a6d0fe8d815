public import Events

/// A way to somebody.
public struct Line: Sendable, Hashable, Comparable {
    /// A user's name, or that of a configured webhook.
    public let recipient: String
    /// By what.
    public let channel: Channel

    /// Nothing is checked.
    public init(recipient: String, channel: Channel) {
        (self.recipient, self.channel) = (recipient, channel)
    }

    /// For an order that is the same in every run.
    public static func < (left: Self, right: Self) -> Bool {
        (left.recipient, left.channel.rawValue) < (right.recipient, right.channel.rawValue)
    }

    /// `mail to ann`.
    public var words: String { "\(channel.rawValue) to \(recipient)" }
}

/// What became of telling one recipient of one notification.
public struct Outcome: Sendable, Equatable {
    /// What was told last, or given up.
    public internal(set) var telling = Telling.info
    /// When.
    public internal(set) var at = Timestamp(microseconds: 0)
    /// Why it was given up; nil where it was told.
    public internal(set) var problem: String?
    /// When he was last told that there is something: only then he is told that it is over.
    public internal(set) var toldAt: Timestamp?

    mutating func delivered(_ telling: Telling, at now: Timestamp) {
        (self.telling, at, problem) = (telling, now, nil)
        if telling != .resolved { toldAt = now }
    }

    mutating func failed(_ telling: Telling, _ problem: String, at now: Timestamp) {
        (self.telling, at, self.problem) = (telling, now, problem)
    }

    /// As it may have been before it was given up: what was told then is not known any more, but for that it mattered less.
    var beforeFailure: Outcome? {
        guard let toldAt else { return nil }
        var before = Outcome()
        (before.at, before.toldAt) = (toldAt, toldAt)
        return before
    }

    /// True where somebody was told that there is something, and neither that it is over nor that this cannot be told.
    var isHalf: Bool { toldAt != nil && telling != .resolved }
}

/// How a way to somebody has been of late.
public struct LineState: Sendable, Equatable {
    /// The messages that went there, the latest last, as far as a limit can count them.
    public internal(set) var sent: [Timestamp] = []
    /// How often in a row it failed, since anything arrived there.
    public internal(set) var attempts = 0
    /// When the first of these times was; nil where there was none.
    public internal(set) var failingSince: Timestamp?
    /// True where it was the mail server last time, whoever the message was for.
    public internal(set) var isOfServer = false
    /// So many of these times count against what has waited since the first of them.
    var tries = 0
    /// When that was.
    var triedSince: Timestamp?
    /// When it is tried again, at the earliest.
    public internal(set) var notBefore: Timestamp?
    /// Why it failed last.
    public internal(set) var problem: String?

    /// A message counts for so long, at the most, in microseconds.
    static let memory = 24 * 3_600_000_000

    mutating func delivered(at now: Timestamp, isMessage: Bool) {
        if isMessage {
            sent.append(now)
            sent = sent.filter { now.microseconds(since: $0) < Self.memory }.suffix(DeliveryLimit.mostMessages)
        }
        rest()
    }

    mutating func failed(_ data: NotificationDeliveryFailed, at now: Timestamp) {
        guard !data.isFinal else { return rest() }
        (attempts, failingSince) = (attempts + 1, failingSince ?? now)
        (isOfServer, notBefore, problem) = (data.isOfServer, data.notBefore, data.problem)
        guard !isOfServer else { return }
        tries = data.attempt ?? tries + 1
        if tries == 1 { triedSince = now }
    }

    /// Nothing is behind it.
    mutating func rest() {
        let sent = sent
        self = LineState()
        self.sent = sent
    }

    /// True where it failed last time, and not because of the server.
    var isOwnTrouble: Bool { attempts > 0 && !isOfServer }

    /// True where nothing follows from it any more.
    func isIdle(at now: Timestamp) -> Bool {
        let last = max(sent.last ?? Timestamp(microseconds: 0), notBefore ?? Timestamp(microseconds: 0))
        return now.microseconds - last.microseconds >= Self.memory
    }
}

/// How many messages somebody gets by one channel, at the most, in a time.
public struct DeliveryLimit: Sendable, Equatable {
    /// The largest number that can be set.
    public static let mostMessages = 100
    /// The longest time that can be set, in microseconds: a day.
    public static let longestWindow = LineState.memory

    /// So many.
    public let messages: Int
    /// In so long, in microseconds.
    public let window: Int

    /// What can be remembered of it: at most 100 messages, in at most a day.
    public init(messages: Int, window microseconds: Int) {
        self.messages = min(max(messages, 1), Self.mostMessages)
        window = min(max(microseconds, 1), Self.longestWindow)
    }

    /// Ten an hour.
    public static let usual = DeliveryLimit(messages: 10, window: 3_600_000_000)
}
