import ArgumentParser
import EventStore
import Projections

struct SchemaStatus: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Say which version the database has and which this program needs.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let context = try Context(common)
        let schema = SchemaStanding(installed: try await context.scan().schemaVersion(), needed: Schema.currentVersion)
        context.answer(view(of: schema, for: .administrator), SchemaStatusText())
    }
}
