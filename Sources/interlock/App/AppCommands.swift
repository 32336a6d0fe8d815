import ArgumentParser

struct AppCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "app", abstract: "Say which apps there are and what they need, and look at them.",
        subcommands: [
            AppRegister.self, AppUpdate.self, AppRemove.self, AppList.self, AppShow.self, AppReconfigure.self,
            AppSync.self,
        ])
}
