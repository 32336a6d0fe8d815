import ArgumentParser
import EventStore
import Events
import Projections

struct ProjectionRebuild: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebuild", abstract: "Fold the log and store what follows from it.",
        discussion: "All projections are taken at one position, so all are written, also where one is named.")

    @Argument(help: "The one that is broken.", transform: Parse.name)
    var name: String?

    @OptionGroup var common: CommonOptions

    func run() async throws {
        try ProjectionStatus.require(name)
        let context = try Context(common)
        let scan = try await context.lookBack()
        let progress = Progress("folded", of: try await scan.head().position, streams: context.streams)
        let redacted = RedactedEvents()
        _ = try await scan.rebuild(Platform.self) { step in
            progress.reached(step)
            redacted.saw(step)
        }
        redacted.tell(context.streams)
        let rows = try await scan.projections().map(ProjectionStatus.init)
        context.answer(view(of: rows, for: .administrator), ProjectionListText())
    }
}
