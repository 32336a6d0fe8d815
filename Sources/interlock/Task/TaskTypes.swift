import ArgumentParser
import Projections
import Runner

struct TaskTypes: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "types", abstract: "List the task types of the configuration.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var view: ViewOptions

    func run() async throws {
        let context = try Context(common)
        let viewer = try await context.viewer(view)
        let types = context.configuration.tasks.values.sorted { $0.name < $1.name }.map { type in
            TaskTypeRow(
                name: type.name, arguments: type.arguments.keys.sorted(), locks: type.locks.map(\.text),
                needsApp: type.needsApp)
        }
        context.answer(Projections.view(of: types, for: viewer), TaskTypesText())
    }
}
