import ArgumentParser

struct ConfigCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Look at the configuration.",
        subcommands: [ConfigCheck.self])
}
