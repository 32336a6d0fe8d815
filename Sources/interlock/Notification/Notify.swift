import ArgumentParser
import Events
import Projections
import Runner

struct Notify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notify", abstract: "Tell people of something.",
        discussion: """
            Raised again while it is open, by the same kind and subject, it is the same notification: it counts, and stays \
            acknowledged unless it matters more than before. 'interlock notification resolve' says that it is over.
            """)

    @Option(
        help: ArgumentHelp(
            "Whom: owner, admin, usermanager, mailmanager, operator:APP, with commas between; or user, for everybody.",
            valueName: "role,…"),
        transform: Parse.audience)
    var to: Addressees

    @Option(help: ArgumentHelp("What sort of thing it is: disk-space.", valueName: "kind"), transform: Parse.name)
    var kind: String

    @Option(help: ArgumentHelp("What it is about: /var.", valueName: "text"), transform: Parse.id)
    var subject: String

    @Option(
        help: ArgumentHelp("How much it matters: info, warning or critical; info without it.", valueName: "severity"),
        transform: Parse.severity)
    var severity: Severity?

    @Option(help: ArgumentHelp("What is to be known, in a line.", valueName: "text"), transform: Parse.id)
    var title: String

    @Option(help: ArgumentHelp("What there is to say besides.", valueName: "text"), transform: Parse.notes)
    var body: String?

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let context = try Context(common)
        let site = try await context.open()
        let severity = severity ?? BuiltInKind(rawValue: kind)?.severity ?? .info
        let receipt =
            switch to {
            case .staff(let audience):
                try await site.notify(
                    audience: audience, kind: kind, subject: subject, severity: severity, title: title, body: body)
            case .users:
                try await site.tellUsers(
                    UserNotice(kind: kind, subject: subject, severity: severity, title: title, body: body))
            }
        context.answer(view(of: receipt, for: .administrator), NotificationReceiptText())
    }
}
