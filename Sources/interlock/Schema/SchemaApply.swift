import ArgumentParser
import EventStore
import Projections
import Runner

struct SchemaApply: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply", abstract: "Apply the migrations that the database lacks.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let context = try Context(common)
        let scan = try context.scan()
        let before = try await scan.schemaVersion()
        try await scan.applySchema(databaseID: try NewID.database())
        let schema = SchemaStanding(installed: try await scan.schemaVersion(), needed: Schema.currentVersion)
        context.answer(view(of: schema, for: .administrator), SchemaApplyText(isNew: before != schema.installed))
    }
}
