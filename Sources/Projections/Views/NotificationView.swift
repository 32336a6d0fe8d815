public import Events

/// What `notification list` shows.
public func view(of notifications: [Notification], for viewer: Viewer) -> View {
    View(rows: notifications, notificationFields, for: viewer)
}

extension Notification: Viewable {
    var about: Subject { .addressed(audience) }
}

/// Whoever it is for sees what it says; who deals with it is for administrators.
let notificationFields: [Field<Notification>] = [
    .addressees("notification") { record, _ in .string(record.id.text) },
    .addressees("kind") { record, _ in .string(record.kind) },
    .addressees("subject") { record, _ in .string(record.subject) },
    .addressees("severity") { record, _ in .string(record.severity.rawValue) },
    .addressees("title") { record, _ in .string(record.title) },
    .addressees("body") { record, _ in .known(record.body) },
    .addressees("state") { record, _ in .string(record.state.rawValue) },
    .addressees("count") { record, _ in .integer(record.count) },
    .addressees("firstAt") { record, _ in .known(record.firstAt) },
    .addressees("lastAt") { record, _ in .known(record.lastAt) },
    .administrators("audience") { record, _ in .strings(record.audience.texts) },
    .administrators("acknowledgedBy") { record, _ in .known(record.acknowledgement?.by) },
    .administrators("acknowledgedAt") { record, _ in .known(record.acknowledgement?.at) },
    .addressees("resolvedAt") { record, _ in .known(record.resolution?.at) },
    .administrators("resolvedBy") { record, _ in .known(record.resolution?.by) },
    .administrators("cause") { record, _ in .known(record.resolution?.cause.rawValue) },
]

/// What became of telling one recipient of one notification by one channel.
public struct Delivery: Sendable {
    /// How far it is.
    public enum State: String, Sendable, CaseIterable {
        case pending, delivered, failed
    }

    /// Of what.
    public let notification: NotificationID
    /// To whom, and by what.
    public let line: Line
    /// What of it.
    public let telling: Telling
    /// How far it is.
    public let state: State
    /// Tries that failed so far, of one that is pending.
    public let attempts: Int?
    /// Why it failed last; nil where it did not.
    public let problem: String?
    /// Of the last outcome, or the earliest time of the next try.
    public let at: Timestamp?

    /// Of these notifications, each with all of its recipients; what is pending is what the state owes by `channels`.
    public static func all(
        of notifications: [Notification], in platform: Platform, by channels: Channels
    ) -> [Delivery] {
        var owed: [NotificationID: [Delivery]] = [:]
        for (line, items) in platform.owed(by: channels) {
            for item in items { owed[item.notification, default: []].append(Delivery(item, line, platform)) }
        }
        return notifications.flatMap { record in
            let pending = owed[record.id] ?? []
            let lines = Set(pending.map(\.line))
            let over = record.outcomes.filter { !lines.contains($0.key) }.map { Delivery(record.id, $0.key, $0.value) }
            return (pending + over).sorted { $0.line < $1.line }
        }
    }

    private init(_ item: Message.Item, _ line: Line, _ platform: Platform) {
        let state = platform.state(of: line)
        (notification, self.line, telling, self.state) = (item.notification, line, item.telling, .pending)
        (attempts, problem, at) = (state.attempts, state.problem, state.notBefore)
    }

    private init(_ notification: NotificationID, _ line: Line, _ outcome: Outcome) {
        (self.notification, self.line, telling, at) = (notification, line, outcome.telling, outcome.at)
        (state, attempts, problem) = (outcome.problem == nil ? .delivered : .failed, nil, outcome.problem)
    }
}

/// What `notification deliveries` shows.
public func view(of deliveries: [Delivery], for viewer: Viewer) -> View {
    View(rows: deliveries, deliveryFields, for: viewer)
}

extension Delivery: Viewable {
    var about: Subject { .platform }
}

let deliveryFields: [Field<Delivery>] = [
    .administrators("notification") { delivery, _ in .string(delivery.notification.text) },
    .administrators("recipient") { delivery, _ in .string(delivery.line.recipient) },
    .administrators("channel") { delivery, _ in .string(delivery.line.channel.rawValue) },
    .administrators("telling") { delivery, _ in .string(delivery.telling.rawValue) },
    .administrators("state") { delivery, _ in .string(delivery.state.rawValue) },
    .administrators("attempts") { delivery, _ in .known(delivery.attempts) },
    .administrators("problem") { delivery, _ in .known(delivery.problem) },
    .administrators("at") { delivery, _ in .known(delivery.at) },
]

/// What became of a raise or a resolution.
public struct NotificationReceipt: Sendable {
    /// Which one; nil where nothing was open.
    public let notification: NotificationID?
    /// False where nothing was appended: a raise that no event tells of, or nothing to resolve.
    public let isRecorded: Bool

    /// As the machine answered.
    public init(_ notification: NotificationID?, isRecorded: Bool) {
        (self.notification, self.isRecorded) = (notification, isRecorded)
    }
}

/// What `notify` and `notification resolve` answer.
public func view(of receipt: NotificationReceipt, for viewer: Viewer) -> View {
    View(receipt, receiptFields, for: viewer)
}

extension NotificationReceipt: Viewable {
    var about: Subject { .platform }
}

let receiptFields: [Field<NotificationReceipt>] = [
    .administrators("notification") { receipt, _ in .known(receipt.notification?.text) },
    .administrators("recorded") { receipt, _ in .bool(receipt.isRecorded) },
]
