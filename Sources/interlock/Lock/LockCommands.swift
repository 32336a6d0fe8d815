import ArgumentParser

struct LockCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lock", abstract: "Take, release and look at locks.",
        subcommands: [
            LockRun.self, LockAcquire.self, LockRelease.self, LockDowngrade.self, LockCheck.self, LockList.self,
            LockHistory.self, LockWhy.self, LockInversions.self, LockBreak.self,
        ])
}
