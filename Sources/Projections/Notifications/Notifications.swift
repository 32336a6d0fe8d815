public import Events

/// The notifications that are open, and of those that are over what is needed to say so to whoever was told of them. The rest
/// is in the log: a resolved one is read from its stream.
public struct Notifications: Sendable, Equatable {
    /// By which one that is open is found again.
    struct Key: Sendable, Hashable {
        var kind: String
        var subject: String
    }

    /// Of those that are over, so many are kept: a message that was under way may be recorded yet, and who was told is to hear
    /// that it is over. Those of which this is so stay longest.
    public static let maximumResolved = 128
    /// With each time so many lines are new, those are forgotten from which nothing follows any more.
    static let linesBetweenCleanings = 256

    private(set) var records: [NotificationID: Notification] = [:]
    private var openByKey: [Key: NotificationID] = [:]
    private(set) var lines: [Line: LineState] = [:]

    /// None.
    init() {}

    /// Follows a `notification.…` event; others are none of its business.
    mutating func evolve(_ fact: Fact) throws(HistoryError) {
        switch fact.event {
        case .notificationRaised(let data):
            guard records[data.notification] == nil else {
                throw fact.error("notification \(data.notification) is there already")
            }
            insert(Notification(data, fact))
        case .notificationRepeated(let data): try record(data.notification, fact)
        case .notificationAcknowledged(let data): try record(data.notification, fact)
        case .notificationResolved(let data):
            try record(data.notification, fact)
            resolve(data.notification)
        case .notificationDelivered(let data):
            line(data.recipient, data.channel, fact.at) { $0.delivered(at: fact.at, isMessage: data.within == nil) }
            try told(data.notification, fact)
        case .notificationDeliveryFailed(let data):
            line(data.recipient, data.channel, fact.at) { $0.failed(data, at: fact.at) }
            try told(data.notification, fact)
        default: break
        }
    }

    private mutating func record(_ id: NotificationID, _ fact: Fact) throws(HistoryError) {
        guard records[id] != nil else { throw fact.error("there is no notification \(id)") }
        try records[id]?.evolve(fact)
    }

    /// One of which nothing is kept any more changes nothing.
    private mutating func told(_ id: NotificationID, _ fact: Fact) throws(HistoryError) {
        try records[id]?.evolve(fact)
    }

    /// Its texts go: what is over can be redacted.
    private mutating func resolve(_ id: NotificationID) {
        guard var record = records[id] else { return }
        let key = Key(kind: record.kind, subject: record.subject)
        if openByKey[key] == id { openByKey[key] = nil }
        (record.subject, record.title, record.body, record.acknowledgement) = ("", "", nil, nil)
        if let resolution = record.resolution {
            record.resolution = Notification.Resolution(
                cause: resolution.cause, by: nil, position: resolution.position, at: resolution.at)
        }
        record.outcomes = record.outcomes.filter { $0.value.toldAt != nil }.mapValues { outcome in
            var outcome = outcome
            outcome.problem = outcome.problem.map { _ in "" }
            return outcome
        }
        records[id] = record
        let over = records.values.filter { $0.resolution != nil }
        guard over.count > Self.maximumResolved else { return }
        let oldest = over.min { ($0.isHalfTold ? 1 : 0, $0.since) < ($1.isHalfTold ? 1 : 0, $1.since) }
        if let oldest { records[oldest.id] = nil }
    }

    private mutating func line(
        _ recipient: String, _ channel: Channel, _ now: Timestamp, _ change: (inout LineState) -> Void
    ) {
        let line = Line(recipient: recipient, channel: channel)
        if lines[line] == nil, lines.count % Self.linesBetweenCleanings == Self.linesBetweenCleanings - 1 {
            lines = lines.filter { !$0.value.isIdle(at: now) }
        }
        change(&lines[line, default: LineState()])
    }

    mutating func insert(_ record: Notification) {
        records[record.id] = record
        if record.resolution == nil { openByKey[Key(kind: record.kind, subject: record.subject)] = record.id }
    }

    mutating func insert(_ line: Line, _ state: LineState) { lines[line] = state }
}

extension Notification {
    /// The position of the last thing that made it what it is.
    fileprivate var since: Position { resolution?.position ?? position }

    /// True while somebody was told of it who has not heard that it is over.
    fileprivate var isHalfTold: Bool {
        resolution?.cause.isTold ?? true && outcomes.values.contains(where: \.isHalf)
    }
}

extension NotificationResolved.Cause {
    /// True where it is over, as far as anybody knows: who was told of it hears so. What made room, or was raised for others, is not.
    var isTold: Bool { self == .cleared || self == .requested }
}

/// What views and commands ask.
extension Notifications {
    /// One that is open, or of which something is kept.
    public subscript(id: NotificationID) -> Notification? { records[id] }

    /// The open one of this key; nil where there is none.
    public subscript(kind kind: String, subject subject: String) -> Notification? {
        openByKey[Key(kind: kind, subject: subject)].flatMap { records[$0] }
    }

    /// Those that are not over: what matters most first, and of these the latest.
    public var open: [Notification] {
        // A record is large: what it is sorted by is moved instead.
        records.values.lazy.filter { $0.resolution == nil }.map { (id: $0.id, rank: ($0.severity, $0.position)) }
            .sorted { $0.rank > $1.rank }.compactMap { records[$0.id] }
    }

    /// How many are not over.
    public var openCount: Int { openByKey.count }

    /// Whether a mail reached anybody since `time`.
    func hasMailed(since time: Timestamp) -> Bool {
        lines.contains { line, state in line.channel == .mail && state.sent.last.map { $0 >= time } ?? false }
    }
}

extension Platform {
    /// How a way to somebody has been; as one that was never used where it was not, and where it led to another address.
    public func state(of line: Line) -> LineState {
        var state = notifications.lines[line] ?? LineState()
        if line.channel == .mail, let since = state.failingSince, let user = users[line.recipient],
            since < user.addressSince
        {
            state.rest()
        }
        return state
    }

    /// The ways on which something is owed that failed, and is to be tried again.
    public func failing(by channels: Channels) -> [(line: Line, state: LineState)] {
        owed(by: channels).keys.sorted().map { (line: $0, state: state(of: $0)) }.filter { $0.state.attempts > 0 }
    }

    /// What was told of trouble with ways that are configured no more: no message will end it.
    public func troubleOfFormerWays(_ channels: Channels) -> [String] {
        let hooks = Set(channels.webhooks.map { Line(recipient: $0.name, channel: .webhook).words })
        return notifications.open.lazy.filter { $0.kind == BuiltInKind.deliveryFailed.rawValue }.map(\.subject).filter {
            if $0.hasPrefix("\(Channel.webhook.rawValue) to ") { return !hooks.contains($0) }
            return !channels.mail && ($0 == Channel.mail.rawValue || $0.hasPrefix("\(Channel.mail.rawValue) to "))
        }
    }
}
