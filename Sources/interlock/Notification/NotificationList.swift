import ArgumentParser
import EventStore
import Events
import Projections
import Runner
import System

struct NotificationList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the notifications that are not over, what matters most first.")

    @Flag(help: "Also those that are over, the latest of them first.")
    var all = false

    @Option(help: ArgumentHelp("Only those of this kind.", valueName: "kind"), transform: Parse.name)
    var kind: String?

    @Option(help: ArgumentHelp("Only those about this.", valueName: "text"), transform: Parse.id)
    var subject: String?

    @Option(
        help: ArgumentHelp("Only those that matter at least so much.", valueName: "severity"),
        transform: Parse.severity)
    var severity: Severity?

    @Option(
        help: ArgumentHelp(
            "At most this many, up to \(LogScan.listedNotifications); without it \(defaultLimit), or all of these in JSON.",
            valueName: "n"), transform: Parse.notificationLimit)
    var limit: Int?

    @OptionGroup var common: CommonOptions
    @OptionGroup var view: ViewOptions

    /// Notifications that are shown to a person who does not say how many.
    static let defaultLimit = 100

    func run() async throws {
        let context = try Context(common)
        let scan = try context.scan()
        let (platform, head) = try await scan.current(Platform.self)
        let viewer = try context.viewer(view, in: platform)
        let filter = NotificationFilter(for: viewer, kind: kind, subject: subject, severity: severity)
        let limit = limit ?? (context.json ? LogScan.listedNotifications : Self.defaultLimit)
        // One more tells whether there are more.
        let list = try await scan.notifications(
            platform, at: head.position, withResolved: all, limit: limit + 1, where: filter)
        let text = NotificationListText(
            now: Timestamp(microseconds: Int(WallTime.now.microseconds)), hasMore: list.count > limit)
        context.answer(Projections.view(of: Array(list.prefix(limit)), for: viewer), text)
    }
}

struct NotificationDeliveries: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deliveries",
        abstract: "Show who was told of what outside the inbox, who is still to be, and who could not.")

    @Argument(
        help: "Of this notification alone; of all that 'notification list --all' shows without it.",
        transform: Parse.id)
    var id: String?

    @OptionGroup var common: CommonOptions
    @OptionGroup var view: ViewOptions

    func run() async throws {
        let context = try Context(common)
        let scan = try context.scan()
        let (platform, head) = try await scan.current(Platform.self)
        let viewer = try context.viewer(view, in: platform)
        let notifications: [Projections.Notification]
        if let id {
            guard let one = try await scan.notification(NotificationID(id), at: head.position) else {
                throw CommandFailure.noSuchNotification(id)
            }
            notifications = [one]
        } else {
            let limit = context.json ? LogScan.listedNotifications : NotificationList.defaultLimit
            let list = try await scan.notifications(
                platform, at: head.position, withResolved: true, limit: limit, where: NotificationFilter(for: viewer))
            var known: [Projections.Notification] = []
            for record in list {
                // What became of those that are over is in their streams.
                let isOver = record.resolution != nil
                known.append(isOver ? try await scan.notification(record.id, at: head.position) ?? record : record)
            }
            notifications = known
        }
        let deliveries = Delivery.all(of: notifications, in: platform, by: context.configuration.channels)
        context.answer(Projections.view(of: deliveries, for: viewer), DeliveryListText())
    }
}

extension CommandFailure {
    static func noSuchNotification(_ id: String) -> CommandFailure {
        CommandFailure(
            .noSuchThing, code: "no-such-notification", "there is no notification '\(id)'",
            hint: "See: interlock notification list --all")
    }
}
