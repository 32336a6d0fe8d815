import ArgumentParser
import EventStore
import Events
import Projections

struct ProjectionCheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Fold the log and compare; exit 65 when one differs.")

    @Argument(help: "Only this one.", transform: Parse.name)
    var name: String?

    @OptionGroup var common: CommonOptions

    func run() async throws {
        try ProjectionStatus.require(name)
        let context = try Context(common)
        let scan = try await context.lookBack()
        let progress = Progress("folded", of: try await scan.head().position, streams: context.streams)
        let redacted = RedactedEvents()
        let checks = try await scan.check(Platform.self, only: name) { step in
            progress.reached(step)
            redacted.saw(step)
        }
        redacted.tell(context.streams)
        let verdicts = checks.map {
            ProjectionVerdict(name: $0.name, version: $0.version, position: $0.position, difference: $0.difference)
        }
        context.answer(view(of: verdicts, for: .administrator)) { text(verdicts, context) }
        guard verdicts.allSatisfy({ $0.difference == nil }) else { throw CommandExit(ExitCode.damaged.rawValue) }
    }

    private func text(_ verdicts: [ProjectionVerdict], _ context: Context) -> String {
        guard !verdicts.isEmpty else { return "no projection is stored: the log is empty\n" }
        var table = Table([.init("NAME"), .init("VERSION", .right), .init("STORED AT", .right), .init("FINDING")])
        for verdict in verdicts {
            table.add([
                verdict.name, verdict.version.map { String($0) } ?? "", verdict.position.map { String($0) } ?? "",
                verdict.difference ?? "equals the fold of the log",
            ])
        }
        let isWhole = verdicts.allSatisfy { $0.difference == nil }
        return context.text(of: table) + (isWhole ? "" : "mend it with: interlock projection rebuild\n")
    }
}
