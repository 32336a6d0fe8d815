import ArgumentParser

struct NotificationCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notification", abstract: "Look at what people were told, and say that it is seen or over.",
        subcommands: [
            NotificationList.self, NotificationAcknowledge.self, NotificationResolve.self, NotificationDeliveries.self,
        ])
}
