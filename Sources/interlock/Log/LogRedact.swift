import ArgumentParser
import EventStore
import Events
import Projections
import Runner

struct LogRedact: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redact", abstract: "Erase the texts of one event, for good.",
        discussion: """
            Reasons, labels, messages, arguments and users' names go; what the history behind the event needs remains: ids, \
            paths, times, outcomes. The log says who erased what and why, and its chain still verifies. What is going on now \
            is refused: end it first. Each event is redacted by itself, and a text may stand in several.

            Backups, exports and the server's binary log still hold what they held before.
            """)

    @Argument(help: "The position of the event.", transform: Parse.position)
    var position: Position

    @Option(help: ArgumentHelp("Why, for the log.", valueName: "text"), transform: Parse.text)
    var reason: String

    @Flag(name: .customLong("dry-run"), help: "Show what would go and what would remain; erase nothing.")
    var isDryRun = false

    @OptionGroup var common: CommonOptions

    mutating func validate() throws {
        guard !reason.isEmpty else { throw ValidationError("--reason is empty: say why the event is redacted") }
    }

    func run() async throws {
        let context = try Context(common)
        let site = try await context.open()
        let (position, isDryRun) = (position, isDryRun)
        guard let event = try await site.log.events(after: position - 1, limit: 1).first else {
            throw CommandFailure.noSuchPosition(position, head: try await site.log.head().position)
        }
        let remains =
            isDryRun
            ? try await site.log.inspect { try $0.remains(of: event, at: position, head: $1) }
            : try await erase(on: site)
        let redaction = try Redaction(of: event, remains: remains, isDone: !isDryRun)
        context.answer(view(of: redaction, for: .administrator), LogRedactText())
    }

    /// Returns what remains.
    private func erase(on site: OpenSite) async throws -> [UInt8] {
        let reply = try await site.submit(.redact(position, by: site.site.user, reason: reason))
        guard case .redacted(let done) = reply else {
            throw CommandFailure(
                .failed, code: "unexpected", "the log answered something else than that it is redacted")
        }
        return done.remains
    }
}
