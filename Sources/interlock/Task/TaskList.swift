import ArgumentParser
import EventStore
import Events
import Projections
import Runner
import System

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
    func run() async throws {
        let context = try Context(common)
        let viewer = try await context.viewer(view)
        let scan = try context.scan()
        let (platform, head) = try await scan.current(Platform.self)
        let tasks = try await scan.tasks(
            platform, at: head.position, limit: limit ?? (common.json ? Int.max : Self.defaultLimit),
            withFinished: state == nil || state == .finished, where: wants)
        let list = Projections.view(of: tasks, for: viewer)
        context.answer(list, TaskListText(now: Timestamp(microseconds: Int(WallTime.now.microseconds))))
        let shown = tasks.count { $0.record.phase != .finished }
        guard !context.json, !list.rows.isEmpty, platform.tasks.unfinished.count > shown else { return }
        context.answer(Projections.view(of: TaskCounts(platform), for: viewer), TaskCountsText(shown: list.rows.count))
    }

    private func wants(_ task: TaskStatus) -> Bool {
        (state.map { $0.rawValue == task.state } ?? true) && (type.map { $0 == task.record.order.type } ?? true)
            && (app.map { $0 == task.record.order.app } ?? true)
    }
}

/// The states of a task, as the contract names them.
enum TaskState: String, CaseIterable {
    case queued, waiting, claimed, running, stopping, finished
}
