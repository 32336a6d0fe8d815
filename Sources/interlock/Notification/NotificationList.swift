import ArgumentParser
import EventStore
import Events
import Projections
import Runner

struct NotificationList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the notifications that are not over, what matters most first.")

    @Flag(help: "Also those that are over, the latest of them first.")
    var all = false

    @OptionGroup var common: CommonOptions
    @OptionGroup var view: ViewOptions

    func run() async throws {
        let context = try Context(common)
        let scan = try context.scan()
        let (platform, head) = try await scan.current(Platform.self)
        let viewer = try context.viewer(view, in: platform)
        let list = try await scan.notifications(platform, at: head.position, withResolved: all)
        context.answer(Projections.view(of: list, for: viewer), NotificationListText())
    }
}

struct NotificationDeliveries: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deliveries",
        abstract: "Show who was told of what outside the inbox, who is still to be, and who could not.")

    @Argument(help: "Of this notification alone; of all that are listed without it.", transform: Parse.id)
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
            notifications = try await scan.notifications(platform, at: head.position, withResolved: true)
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
