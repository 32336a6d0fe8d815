import ArgumentParser
import Events
import Projections
import Runner
import System

struct TaskLogs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Print what a task wrote.")

    @Argument(help: "The id of the task.", transform: Parse.id)
    var id: String

    @Flag(name: .shortAndLong, help: "Go on until the task has ended.")
    var follow = false

    @OptionGroup var common: CommonOptions
    @OptionGroup var view: ViewOptions

    /// How often a growing log is looked at.
    static let poll = Duration.milliseconds(100)

    func run() async throws {
        let context = try Context(common)
        let viewer = try context.viewer(view)
        var status = try await context.task(TaskID(id))
        let path = try context.site().attempt(status.record.id, status.record.attempt).logPath
        var reader = LogFileReader(path: path)
        while true {
            // Looked at before the file: what a finished task wrote is all there when it is read.
            let isOver = !follow || status.record.phase == .finished
            try reader.lines { line in
                context.answer(Projections.view(of: TaskLogLine(line), for: viewer)) { line + "\n" }
            }
            guard !isOver else { return }
            try await Task.sleep(for: Self.poll)
            status = try await context.task(TaskID(id))
        }
    }
}

extension TaskLogLine {
    /// A line of the file: time, stream, text.
    init(_ line: String) {
        let parts = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        self.init(
            at: parts.first ?? "", stream: parts.count > 1 ? parts[1] : "", message: parts.count > 2 ? parts[2] : "")
    }
}
