import ArgumentParser
import EventStore
import Events
import Projections
import Runner

struct TaskShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one task.")

    @Argument(help: "The id of the task.", transform: Parse.id)
    var id: String

    @OptionGroup var common: CommonOptions
    @OptionGroup var view: ViewOptions

    func run() async throws {
        let context = try Context(common)
        let viewer = try await context.viewer(view)
        let scan = try context.scan()
        let (platform, _) = try await scan.current(Platform.self)
        // Behind the state: the stream of a task that is no part of it any more has its end.
        let life = try await scan.stream("task-\(id)", limit: LogScan.maximumTaskEvents)
        let unfinished = platform.tasks.task(TaskID(id)).map { TaskStatus($0, in: platform.locks) }
        guard
            let status = try unfinished
                ?? TaskRecord(folding: life.map { try $0.fact() }).map(TaskStatus.init(finished:))
        else { throw .noSuchTask(id) }
        context.answer(Projections.view(of: status, life: life, for: viewer), TaskShowText())
    }
}

extension Context {
    /// A task by its id, unfinished or finished.
    func task(_ id: TaskID) async throws -> TaskStatus {
        let scan = try scan()
        let (platform, _) = try await scan.current(Platform.self)
        if let record = platform.tasks.task(id) { return TaskStatus(record, in: platform.locks) }
        guard let finished = try await scan.finishedTask(id) else { throw .noSuchTask(id.text) }
        return finished
    }
}
