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
            line(data.recipient, data.channel, fact.at) { $0.failed(data) }
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
    fileprivate var isHalfTold: Bool { outcomes.values.contains(where: \.isHalf) }
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

    /// The ways on which the message at hand failed and is to be tried again.
    public var failing: [(line: Line, state: LineState)] {
        lines.filter { $0.value.attempts > 0 }.sorted { $0.key < $1.key }.map { (line: $0.key, state: $0.value) }
    }

    /// How a way to somebody has been; as one that was never used where it was not.
    public func state(of line: Line) -> LineState { lines[line] ?? LineState() }
}
