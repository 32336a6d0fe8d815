import ArgumentParser

struct ReactionCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reaction", abstract: "Look at what follows from events, and retry what failed.",
        subcommands: [ReactionList.self, ReactionRetry.self])
}
