import ArgumentParser
import EventStore
import Events
import Network
import Projections
import Runner
import System

struct MailRename: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rename", abstract: "Call the mail server by another name.",
        discussion: """
            The service makes the new name ready beside the old one, then it is the name, and the apps that require a valid \
            certificate are told, a few at a time; the old name is answered until the last of them has been. A later rename \
            overtakes one that is under way. Nothing is done while no service runs.
            """)

    @Argument(help: "The full name, such as mail.example.com.")
    var name: String

    @Flag(help: "Wait until every app has the name, and say how far each is.")
    var wait = false

    @Flag(name: .customLong("dry-run"), help: "Only say whether it could be, and which apps would be told.")
    var dryRun = false

    @OptionGroup var common: CommonOptions

    mutating func validate() throws {
        guard !wait || !dryRun else { throw ValidationError("--wait and --dry-run exclude each other") }
        guard !name.isEmpty else { throw ValidationError("the name is empty") }
    }

    func run() async throws {
        let context = try Context(common)
        let name = try canonicalName()
        guard let settings = context.configuration.mail else {
            throw CommandFailure(
                .configuration, code: "configuration", "no mail server is configured",
                hint: "Write the section 'mail'; see interlock.yaml(5)")
        }
        let site = try await context.open()
        let dashboard = settings.dashboardDomain?.text
        let plan = try await site.log.inspect { platform, _ in
            try platform.checkMailName(name, dashboard: dashboard)
            return RenamePlan(to: name, platform)
        }
        if let problem = problem(name, settings, context) {
            if !dryRun, plan.from != name { _ = try await site.submit(.refuseRename(name, problem: problem)) }
            throw CommandFailure(
                .failed, code: "not-served", "the mail server cannot be called \(name): \(problem)",
                hint: "Get a valid certificate that covers it, with its key, then try again")
        }
        if dryRun { return context.answer(view(of: plan, for: .administrator), RenamePlanText()) }
        let begin = try await site.log.inspect { _, position in position }
        _ = try await site.submit(.requestRename(name, by: site.site.user, dashboard: dashboard))
        if wait { return try await RenameWait(context, site, name, since: begin).run() }
        context.answer(view(of: plan, for: .administrator), RenameText())
    }

    private func canonicalName() throws -> String {
        do throws(ServerNameError) {
            return try ServerName.canonical(name).text
        } catch {
            throw CommandFailure.usage(
                "'\(name)' cannot be the mail server's name: \(error)", hint: "See 'interlock mail rename --help'")
        }
    }

    /// What keeps apps from trusting the certificate under the name. Where only the service may read the key, it finds out.
    private func problem(_ name: String, _ settings: MailSettings, _ context: Context) -> String? {
        let files = CertificateFiles(settings)
        guard !files.isUnreadable else {
            context.streams.error("interlock: the mail server's key is not readable from here: the service looks at it")
            return nil
        }
        return files.identity(for: name, at: Timestamp(microseconds: Int(WallTime.now.microseconds))).problem
    }
}
