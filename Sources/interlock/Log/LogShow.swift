import ArgumentParser
import EventStore
import Events
import Projections

struct LogShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one event.")

    @Argument(help: "The position of the event.", transform: Parse.position)
    var position: Position

    @OptionGroup var common: CommonOptions
    @OptionGroup var view: ViewOptions

    func run() async throws {
        let context = try Context(common)
        let viewer = try await context.viewer(view)
        let scan = try await context.lookBack()
        guard let event = try await scan.event(at: position) else {
            throw CommandFailure.noSuchPosition(position, head: try await scan.head().position)
        }
        context.answer(Projections.view(of: event, for: viewer), FieldsText())
    }
}
