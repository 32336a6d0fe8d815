import ArgumentParser

struct LockCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lock", abstract: "Take, release and look at locks.",
        subcommands: [
            LockRun.self, LockAcquire.self, LockRelease.self, LockCheck.self, LockList.self, LockHistory.self,
        ])
}
