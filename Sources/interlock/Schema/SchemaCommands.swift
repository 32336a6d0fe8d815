import ArgumentParser

struct SchemaCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Look at the database's schema and bring it up to date.",
        subcommands: [SchemaStatus.self, SchemaApply.self])
}
