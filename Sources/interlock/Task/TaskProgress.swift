import ArgumentParser
import System

struct TaskProgress: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "progress", abstract: "Tell how far the task is that this runs in.")

    @Argument(help: "How much of it is done: 0 to 100.", transform: Parse.percent)
    var percent: Int

    @Argument(help: "What it does now.", transform: Parse.text)
    var message: String?

    @OptionGroup var common: CommonOptions

    /// By the socket of the task's shim: a task needs no database for it.
    func run() async throws {
        let environment = Environment.current
        guard let task = environment.setting("INTERLOCK_TASK"), let attempt = environment.setting("INTERLOCK_ATTEMPT"),
            let stateDirectory = environment.setting("INTERLOCK_STATE_DIR")
        else {
            throw CommandFailure(
                .usage, code: "not-in-a-task", "this does not run inside a task",
                hint: "Call it from the command of a task type")
        }
        guard let progress = System.TaskProgress(percent: percent, message: message ?? "") else {
            throw CommandFailure.usage("a percentage is 0 to 100")
        }
        try AttemptDirectory(path: "\(stateDirectory)/tasks/\(task).\(attempt)").sendProgress(progress)
    }
}
