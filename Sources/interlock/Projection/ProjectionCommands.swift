import ArgumentParser

struct ProjectionCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "projection", abstract: "Compare the stored states with the log.",
        subcommands: [ProjectionList.self, ProjectionCheck.self, ProjectionRebuild.self])
}
