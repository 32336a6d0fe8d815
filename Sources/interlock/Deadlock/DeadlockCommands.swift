import ArgumentParser

struct DeadlockCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deadlock", abstract: "Look at the deadlocks that were refused.",
        subcommands: [DeadlockList.self, DeadlockShow.self])
}
