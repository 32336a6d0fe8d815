import ArgumentParser
import EventStore
import Events
import Projections
import Runner

struct TaskList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List tasks, the latest first.")

    @Option(help: ArgumentHelp("Only tasks in this state.", valueName: "state"), transform: Parse.taskState)
    var state: TaskState?

    @Option(help: ArgumentHelp("Only tasks of this type.", valueName: "type"), transform: Parse.name)
    var type: String?

    @Option(help: ArgumentHelp("Only tasks of this app.", valueName: "id"), transform: Parse.name)
    var app: String?

    @Option(help: ArgumentHelp("At most this many.", valueName: "n"), transform: Parse.count)
    var limit: Int?

    @OptionGroup var common: CommonOptions
    @OptionGroup var view: ViewOptions

    /// Tasks that are shown to a person who does not say how many.
    static let defaultLimit = 30
    /// Finished tasks that are looked at in one read.
    static let pageSize = 200

    func run() async throws {
        let context = try Context(common)
        let viewer = try context.viewer(view)
        let tasks = try await tasks(try context.scan(), limit: limit ?? (common.json ? Int.max : Self.defaultLimit))
        context.answer(Projections.view(of: tasks, for: viewer)) { text(tasks, context) }
    }

    /// The unfinished ones, then the finished ones, newest first, page by page until there are enough.
    private func tasks(_ scan: LogScan, limit: Int) async throws -> [TaskStatus] {
        let (platform, head) = try await scan.current(Platform.self)
        var tasks = platform.tasks.unfinished.reversed().map { TaskStatus($0, in: platform.locks) }.filter(wants)
        guard state == nil || state == .finished else { return Array(tasks.prefix(limit)) }
        var before = head.position + 1
        while tasks.count < limit {
            let ends = try await scan.streams(with: .taskFinished, before: before, limit: Self.pageSize)
            for end in ends where tasks.count < limit {
                let id = TaskID(String(end.stream.dropFirst("task-".count)))
                if let finished = try await scan.finishedTask(id), wants(finished) { tasks.append(finished) }
            }
            guard let last = ends.last, ends.count == Self.pageSize else { break }
            before = last.position
        }
        return Array(tasks.prefix(limit))
    }

    private func wants(_ task: TaskStatus) -> Bool {
        (state.map { $0.rawValue == task.state } ?? true) && (type.map { $0 == task.record.order.type } ?? true)
            && (app.map { $0 == task.record.order.app } ?? true)
    }

    private func text(_ tasks: [TaskStatus], _ context: Context) -> String {
        var table = Table([.init("TASK"), .init("TYPE"), .init("APP"), .init("STATE"), .init("QUEUED"), .init("WHAT")])
        for task in tasks {
            let what =
                task.record.end?.evidence ?? task.record.progress.map { "\($0.percent) % \($0.message ?? "")" }
                ?? task.waitingFor.first.map { "waits for \($0.blocker.path)" } ?? ""
            table.add([
                task.record.id.text, task.record.order.type, task.record.order.app ?? "",
                task.record.end?.outcome.rawValue ?? task.state, task.record.queuedAt.description, what,
            ])
        }
        return tasks.isEmpty ? "no tasks\n" : context.text(of: table)
    }
}

/// The states of a task, as the contract names them.
enum TaskState: String, CaseIterable {
    case queued, waiting, claimed, running, stopping, finished
}
