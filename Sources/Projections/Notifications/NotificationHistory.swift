public import Events

/// The platform with the notifications that are over: those are no part of its state. Grows with their number.
public struct NotificationHistory: Sendable {
    /// As it is behind the last event.
    public private(set) var platform = Platform()
    private var records: [NotificationID: Notification] = [:]

    /// Nothing has happened.
    public init() {}

    /// Follows an event.
    public mutating func fold(_ fact: Fact) throws(HistoryError) {
        try platform.evolve(fact)
        switch fact.event {
        case .notificationRaised(let data): records[data.notification] = Notification(data, fact)
        case .notificationRepeated(let data): try records[data.notification]?.evolve(fact)
        case .notificationAcknowledged(let data): try records[data.notification]?.evolve(fact)
        case .notificationResolved(let data): try records[data.notification]?.evolve(fact)
        case .notificationDelivered(let data): try records[data.notification]?.evolve(fact)
        case .notificationDeliveryFailed(let data): try records[data.notification]?.evolve(fact)
        default: break
        }
    }

    /// Those that are over, the latest first.
    public var resolved: [Notification] {
        records.values.filter { $0.resolution != nil }
            .sorted { ($0.resolution?.position ?? 0) > ($1.resolution?.position ?? 0) }
    }
}
