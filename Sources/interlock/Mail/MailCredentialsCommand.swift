import ArgumentParser
import EventStore
import Events
import Projections
import Runner
import System

struct MailCredentialsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "credentials", abstract: "Write down by what each app logs in to the mail server.",
        discussion: """
            A line an app with mail, as Dovecot's passwd-file has it: its user, which is its id, and a salted hash of its \
            password. For who may read the key in the state directory: root, or the service's user. The service keeps such a file \
            by itself where the configuration names one as mail.credentials-file.
            """)

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Write to this file: replaced at once, with the owner and mode that it has; a new one has 0600.",
            valueName: "file"))
    var output: String?

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if let output, output.isEmpty { throw ValidationError("the name of the output file is empty") }
        guard output == nil || !common.json else { throw ValidationError("--output and --json exclude each other") }
    }

    func run() async throws {
        let context = try Context(common)
        let site = try await context.open()
        let apps = try await site.log.inspectDurably { platform, _ in platform.apps.all }
        let credentials = try await site.mailCredentials(of: apps)
        let open = apps.filter { app in app.settings.hasMail && !credentials.contains { $0.user == app.id } }
        if !open.isEmpty {
            context.streams.error(
                "interlock: without a password yet: \(open.map(\.id).joined(separator: " ")). The service makes one for an app "
                    + "with an env file")
        }
        guard let output else {
            if context.json { return context.answer(view(of: credentials, for: .administrator), NoText()) }
            return context.answer(rendition(of: credentials, for: .administrator))
        }
        try DurableFile.replace(output, with: rendition(of: credentials, for: .administrator).bytes, modeOfNew: 0o600)
        context.streams.error("\(counted(credentials.count, "credential")) in \(output)")
    }
}
