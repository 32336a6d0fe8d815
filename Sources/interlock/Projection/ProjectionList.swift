import ArgumentParser
import EventStore
import Projections

struct ProjectionList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the stored projections.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var view: ViewOptions

    func run() async throws {
        let context = try Context(common)
        let viewer = try await context.viewer(view)
        let rows = try await context.lookBack().projections().map(ProjectionStatus.init)
        context.answer(Projections.view(of: rows, for: viewer), ProjectionListText())
    }
}

extension ProjectionStatus {
    init(_ row: ProjectionRow) {
        self.init(name: row.name, version: row.version, position: row.position, bytes: row.bytes)
    }

    /// Throws where no projection has this name.
    static func require(_ name: String?) throws {
        guard let name, !Platform.projectionNames.contains(name) else { return }
        throw CommandFailure(
            .noSuchThing, code: "no-such-projection", "there is no projection '\(name)'",
            hint: "There are: " + Platform.projectionNames.joined(separator: ", "))
    }
}
