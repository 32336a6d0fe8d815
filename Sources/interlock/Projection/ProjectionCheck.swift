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
    @OptionGroup var view: ViewOptions

    func run() async throws {
        try ProjectionStatus.require(name)
        let context = try Context(common)
        let viewer = try await context.viewer(view)
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
        context.answer(Projections.view(of: verdicts, for: viewer), ProjectionCheckText())
        guard verdicts.allSatisfy({ $0.difference == nil }) else { throw CommandExit(ExitCode.damaged.rawValue) }
    }
}
