public import EventStore
public import Events
public import Projections

/// Notifications out of the past, those that are over too.
extension HistorySource {
    /// Of those that are over, so many can be listed; the log keeps the rest.
    public static let listedResolved = 1000
    /// The events of one notification that are read: more than its raises and deliveries are.
    static let maximumNotificationEvents = 100_000

    /// As they stood behind the event at `position`: the open ones, and `withResolved` the latest that were over.
    public func notifications(
        at position: Position, withResolved: Bool
    ) async throws -> PastState<[Notification]> {
        switch self {
        case .database(let scan):
            let past = try await scan.state(Platform.self, at: position)
            let all = try await scan.notifications(past.state, at: position, withResolved: withResolved)
            return PastState(all, brokenSnapshot: past.brokenSnapshot)
        case .file(let log):
            let history = try log.reduceFacts(through: position, into: NotificationHistory()) { try $0.fold($1) }
            let resolved = withResolved ? Array(history.resolved.prefix(Self.listedResolved)) : []
            return PastState(history.platform.notifications.open + resolved)
        }
    }
}

extension LogScan {
    /// The open notifications of `platform`, and behind them the latest that were over at `position`, each from its stream.
    public func notifications(
        _ platform: Platform, at position: Position, withResolved: Bool
    ) async throws -> [Notification] {
        var notifications = platform.notifications.open
        guard withResolved else { return notifications }
        let limit = HistorySource.listedResolved
        for end in try streams(with: .notificationResolved, before: position + 1, limit: limit) {
            let id = NotificationID(String(end.stream.dropFirst("notification-".count)))
            if let record = try notification(id, at: position) { notifications.append(record) }
        }
        return notifications
    }

    /// One notification, open or over; nil where there was none.
    public func notification(_ id: NotificationID, at position: Position = .max) throws -> Notification? {
        let events = try stream("notification-\(id)", limit: HistorySource.maximumNotificationEvents)
        return Notification(folding: try events.prefix { $0.position <= position }.map { try $0.fact() })
    }
}
