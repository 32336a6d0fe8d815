import ArgumentParser

struct TaskCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "task", abstract: "Start, stop and look at tasks.",
        subcommands: [
            TaskTypes.self, TaskStart.self, TaskRun.self, TaskList.self, TaskShow.self, TaskLogs.self, TaskWait.self,
            TaskStop.self, TaskRetry.self, TaskProgress.self,
        ])
}
