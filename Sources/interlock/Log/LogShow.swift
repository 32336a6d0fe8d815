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
        let viewer = try context.viewer(view)
        let scan = try await context.lookBack()
        guard let event = try await scan.event(at: position) else {
            throw CommandFailure.noSuchPosition(position, head: try await scan.head().position)
        }
        let view = Projections.view(of: event, for: viewer)
        context.answer(view) { view.lines }
    }
}

extension View {
    /// A line a field, the names in one column.
    var lines: String {
        guard case .object(let fields) = json else { return text + "\n" }
        let width = fields.map(\.name.count).max() ?? 0
        return fields.map { field in
            let space = String(repeating: " ", count: width - field.name.count + 2)
            let value = if case .string(let text) = field.value { text } else { field.value.text }
            return field.name + space + oneLine(value) + "\n"
        }.joined()
    }
}
