import ArgumentParser
import Events
import Projections
import Runner

struct NotificationAcknowledge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "acknowledge", abstract: "Say that a notification is seen.",
        discussion: "That stands until it is over, or matters more than before.")

    @Argument(help: "The notification's id.", transform: Parse.id)
    var id: String

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let site = try await Context(common).open()
        _ = try await site.submit(.acknowledge(NotificationID(id), by: site.site.user))
    }
}

struct NotificationResolve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve", abstract: "Say that what people were told of is over.",
        discussion:
            "Where nothing of that kind and subject is open, nothing happens. Raised again, it is another notification."
    )

    @Option(help: ArgumentHelp("What sort of thing it is.", valueName: "kind"), transform: Parse.name)
    var kind: String

    @Option(help: ArgumentHelp("What it is about.", valueName: "text"), transform: Parse.id)
    var subject: String

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let context = try Context(common)
        let site = try await context.open()
        let receipt = try await site.resolve(kind: kind, subject: subject, by: site.site.user)
        context.answer(view(of: receipt, for: .administrator), NotificationReceiptText())
    }
}
