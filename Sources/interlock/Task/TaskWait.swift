import ArgumentParser
import Events
import Runner

struct TaskWait: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait", abstract: "Wait for the end of a task and exit as it did.")

    @Argument(help: "The id of the task.", transform: Parse.id)
    var id: String

    @Option(
        help: ArgumentHelp("Wait at most this long; then exit 75.", valueName: "duration"),
        transform: Parse.duration)
    var timeout: Duration?

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let context = try Context(common)
        let end = TaskEnd(context, try await context.open())
        var waiting = try await end.claimant()
        if let claimant = waiting, try await !end.site.beginWait(for: TaskID(id), claimant) { waiting = nil }
        try await end.wait(for: TaskID(id), timeout: timeout, needsRunner: true, waiting: waiting)
    }
}
