import ArgumentParser
import Events
import Runner

struct TaskWait: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait", abstract: "Wait for the end of a task and exit as it did.")

    @Argument(help: "The id of the task.", transform: Parse.text)
    var id: String

    @Option(
        help: ArgumentHelp("Wait at most this long; then exit 75.", valueName: "duration"),
        transform: Parse.duration)
    var timeout: Duration?

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let context = try Context(common)
        try await TaskEnd(context, try await context.open())
            .wait(for: TaskID(id), timeout: timeout, needsRunner: true)
    }
}
