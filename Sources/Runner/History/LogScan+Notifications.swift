public import EventStore
public import Events
public import Projections

/// Notifications, those that are over too: these are read from the log.
extension LogScan {
    /// So many are listed at most, among them all that can be open; the log keeps the rest.
    public static let listedNotifications = Platform.maximumOpenNotifications
    /// The events of one notification that are read: more than its raises and deliveries are.
    private static let maximumNotificationEvents = 100_000
    /// Streams that are looked into at once.
    private static let pageSize = 200

    /// What `filter` admits, at most `limit`: the open notifications of `platform`, and behind them, where wanted, those that
    /// were over at `position`, the latest first.
    ///
    /// The database narrows, by the first event of each that is over (`PayloadCondition`), and `filter` judges what is left. Where
    /// few are wanted all are looked through: 100,000 take 1.2 seconds (docs/benchmarks.md), and nothing waits for that. Of those that
    /// are left the events are read that make them, not those of their deliveries.
    public func notifications(
        _ platform: Platform, at position: Position, withResolved: Bool, limit: Int, where filter: NotificationFilter
    ) throws -> [Notification] {
        var found = Array(platform.notifications.open.lazy.filter { filter.admits($0) }.prefix(limit))
        var before = position + 1
        while withResolved, found.count < limit {
            let ends = try streams(
                with: .notificationResolved, before: before, limit: Self.pageSize, where: filter.conditions)
            let events = try events(of: ends.map(\.stream), kinds: Self.making)
            let histories = Dictionary(grouping: events.filter { $0.position <= position }, by: \.stream)
            for end in ends where found.count < limit {
                let facts = try (histories[end.stream] ?? []).map { try $0.fact() }
                if let record = Notification(folding: facts), filter.admits(record) { found.append(record) }
            }
            guard let last = ends.last, ends.count == Self.pageSize else { break }
            before = last.position
        }
        return found
    }

    /// Of these, those that there are, without what became of telling them.
    func ended(_ ids: [NotificationID]) throws -> [Notification] {
        let events = try events(of: ids.map { "notification-\($0)" }, kinds: Self.making)
        return try Dictionary(grouping: events, by: \.stream).values.compactMap { events in
            Notification(folding: try events.map { try $0.fact() })
        }
    }

    /// The events that make one what it is, but for what became of telling it: these are many.
    private static let making: [Event.Kind] = [
        .notificationRaised, .notificationRepeated, .notificationAcknowledged, .notificationResolved,
    ]

    /// One notification with what became of telling it, open or over; nil where there was none.
    public func notification(_ id: NotificationID, at position: Position = .max) throws -> Notification? {
        let events = try stream("notification-\(id)", limit: Self.maximumNotificationEvents)
        return Notification(folding: try events.prefix { $0.position <= position }.map { try $0.fact() })
    }
}

extension NotificationFilter {
    /// The same for the database, as far as it can tell.
    fileprivate var conditions: [PayloadCondition] {
        func field(_ name: String, _ value: String) -> String { "\"\(name)\":\(JSONValue.string(value).text)" }
        var conditions: [PayloadCondition] = []
        if let kind { conditions.append(PayloadCondition(anyOf: [field("kind", kind)])) }
        if let subject { conditions.append(PayloadCondition(anyOf: [field("subject", subject)])) }
        if let audiences {
            conditions.append(PayloadCondition(anyOf: audiences.map { JSONValue.string($0).text }))
        }
        // It may have risen since it was raised.
        if let severity, severity > .info {
            let texts = Severity.allCases.filter { $0 >= severity }.map { field("severity", $0.rawValue) }
            conditions.append(PayloadCondition(anyOf: texts, alsoIn: .notificationRepeated))
        }
        return conditions
    }
}
