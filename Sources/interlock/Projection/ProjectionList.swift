import ArgumentParser
import EventStore
import Projections

struct ProjectionList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the stored projections.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let context = try Context(common)
        let rows = try await context.lookBack().projections().map(ProjectionStatus.init)
        context.answer(view(of: rows, for: .administrator)) { ProjectionStatus.text(rows, context) }
    }
}

extension ProjectionStatus {
    init(_ row: ProjectionRow) {
        self.init(name: row.name, version: row.version, position: row.position, bytes: row.bytes)
    }

    static func text(_ rows: [ProjectionStatus], _ context: Context) -> String {
        guard !rows.isEmpty else { return "no projection is stored: the log is empty\n" }
        var table = Table([
            .init("NAME"), .init("VERSION", .right), .init("STORED AT", .right), .init("BYTES", .right),
        ])
        for row in rows { table.add([row.name, String(row.version), String(row.position), String(row.bytes)]) }
        return context.text(of: table)
    }

    /// Throws where no projection has this name.
    static func require(_ name: String?) throws {
        guard let name, !Platform.projectionNames.contains(name) else { return }
        throw CommandFailure(
            .noSuchThing, code: "no-such-projection", "there is no projection '\(name)'",
            hint: "There are: " + Platform.projectionNames.joined(separator: ", "))
    }
}
