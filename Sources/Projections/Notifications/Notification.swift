public import Events

/// One notification: what was raised, how often, and how it stands.
public struct Notification: Sendable, Equatable {
    /// How it stands.
    public enum State: String, Sendable, CaseIterable {
        case open, acknowledged, resolved
    }

    /// That somebody has seen it.
    public struct Acknowledgement: Sendable, Equatable {
        /// Who.
        public let by: String
        /// The time of `notification.acknowledged`.
        public let at: Timestamp
    }

    /// How it ended.
    public struct Resolution: Sendable, Equatable {
        /// Why.
        public let cause: NotificationResolved.Cause
        /// Who said so; nil where nobody did.
        public let by: String?
        /// Of `notification.resolved`.
        public let position: Position
        /// The time of that.
        public let at: Timestamp
    }

    /// By which it is known.
    public let id: NotificationID
    /// What sort of thing it is.
    public let kind: String
    /// What it is about.
    public internal(set) var subject: String
    /// Whom it is for.
    public let audience: Addressees
    /// How much it matters; it never falls.
    public internal(set) var severity: Severity
    /// Since when it matters so much.
    public internal(set) var mattersSince: Timestamp
    /// One line.
    public internal(set) var title: String
    /// What there is to say besides.
    public internal(set) var body: String?
    /// Of `notification.raised`.
    public let position: Position
    /// The time of that.
    public let firstAt: Timestamp
    /// The time of the last event that said it was raised.
    public internal(set) var lastAt: Timestamp
    /// How often it was raised, as far as events say so.
    public internal(set) var count = 1
    /// Stands until it is resolved or matters more.
    public internal(set) var acknowledgement: Acknowledgement?
    /// Nil while it is not over.
    public internal(set) var resolution: Resolution?
    /// What became of telling it, by recipient and channel.
    public internal(set) var outcomes: [Line: Outcome] = [:]

    /// How it stands.
    public var state: State {
        resolution != nil ? .resolved : acknowledgement != nil ? .acknowledged : .open
    }

    init(_ data: NotificationRaised, _ fact: Fact) {
        (id, kind, subject, audience) = (data.notification, data.kind, data.subject, data.audience)
        (severity, title, body) = (data.severity, data.title, data.body)
        (position, firstAt, lastAt, mattersSince) = (fact.position, fact.at, fact.at, fact.at)
    }

    init(
        id: NotificationID, kind: String, subject: String, audience: Addressees, severity: Severity, title: String,
        body: String?, position: Position, firstAt: Timestamp, lastAt: Timestamp, count: Int
    ) {
        (self.id, self.kind, self.subject, self.audience) = (id, kind, subject, audience)
        (self.severity, self.title, self.body) = (severity, title, body)
        (self.position, self.firstAt, self.lastAt, self.count) = (position, firstAt, lastAt, count)
        mattersSince = firstAt
    }

    /// Nil where the first of `facts` does not raise it, or one does not fit: they are to be one notification's stream.
    public init?(folding facts: some Sequence<Fact>) {
        var record: Notification?
        for fact in facts {
            if case .notificationRaised(let data) = fact.event, record == nil {
                record = Notification(data, fact)
            } else {
                do { try record?.evolve(fact) } catch { return nil }
            }
        }
        guard let record else { return nil }
        self = record
    }

    /// Follows an event of its own stream, but for the first.
    mutating func evolve(_ fact: Fact) throws(HistoryError) {
        switch fact.event {
        case .notificationRepeated(let data):
            try expectOpen(fact)
            (count, lastAt) = (data.count, fact.at)
            if let title = data.title { self.title = title }
            if let body = data.body { self.body = body.isEmpty ? nil : body }
            if let severity = data.severity, severity > self.severity {
                (self.severity, mattersSince, acknowledgement) = (severity, fact.at, nil)
            }
        case .notificationAcknowledged(let data):
            try expectOpen(fact)
            acknowledgement = Acknowledgement(by: data.by, at: fact.at)
        case .notificationResolved(let data):
            try expectOpen(fact)
            resolution = Resolution(cause: data.cause, by: data.by, position: fact.position, at: fact.at)
        case .notificationDelivered(let data):
            let line = Line(recipient: data.recipient, channel: data.channel)
            outcomes[line, default: Outcome()].delivered(data.telling, at: fact.at)
        case .notificationDeliveryFailed(let data):
            guard data.isFinal else { return }
            let line = Line(recipient: data.recipient, channel: data.channel)
            outcomes[line, default: Outcome()].failed(data.telling, data.problem, at: fact.at)
        default: throw fact.error("it does not belong to notification \(id)")
        }
    }

    private func expectOpen(_ fact: Fact) throws(HistoryError) {
        guard resolution == nil else { throw fact.error("notification \(id) is resolved") }
    }
}

/// The repetitions: which are events.
extension Notification {
    /// So many raises are an event each: counts that a person reads as numbers are exact.
    public static let countedOnes = 16
    /// The shortest and the longest time between two events that tell of repetitions, in microseconds; between them it is an
    /// eighth of the time since the first.
    static let (shortestPause, longestPause) = (60_000_000, 3_600_000_000)

    /// Whether `times` more raises at `now` are told by an event. What is not told is told with later ones by a process that
    /// lives on (`Platform.untold`), and else is not counted.
    func tells(of times: Int, at now: Timestamp) -> Bool {
        let pause = min(max(now.microseconds(since: firstAt) / 8, Self.shortestPause), Self.longestPause)
        return count + times <= Self.countedOnes || times >= count || now.microseconds(since: lastAt) >= pause
    }
}
