import ArgumentParser

struct UserCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Say who has which role, and look at it.",
        subcommands: [UserAdd.self, UserSetRole.self, UserSetEmail.self, UserRemove.self, UserList.self])
}
