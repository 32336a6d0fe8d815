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
        let viewer = try context.viewer(view)
        let scan = try context.scan()
        let (platform, _) = try await scan.current(Platform.self)
        // Behind the state: the stream of a task that is no part of it any more has its end.
        let life = try await scan.stream("task-\(id)", limit: LogScan.maximumTaskEvents)
        let unfinished = platform.tasks.task(TaskID(id)).map { TaskStatus($0, in: platform.locks) }
        guard
            let status = try unfinished
                ?? TaskRecord(folding: life.map { try $0.fact() }).map(TaskStatus.init(finished:))
        else { throw .noSuchTask(id) }
        context.answer(Projections.view(of: status, life: life, for: viewer)) {
            Self.text(status) + "\n" + Self.text(ofLife: life, for: viewer)
        }
    }

    /// What happened to it, an event a line; of its progress only the last word.
    private static func text(ofLife life: [RecordedEvent], for viewer: Viewer) -> String {
        let lastProgress = life.last { $0.type == Event.Kind.taskProgressed.rawValue }?.position
        return life.filter { $0.type != Event.Kind.taskProgressed.rawValue || $0.position == lastProgress }.map {
            oneLine("\($0.at)  \($0.type)  \(words(of: $0, for: viewer))") + "\n"
        }.joined()
    }

    static func text(_ status: TaskStatus) -> String {
        let record = status.record
        var lines = ["task      \(record.id)", "type      \(record.order.type)"]
        if let app = record.order.app { lines.append("app       \(app)") }
        lines.append("state     \(status.state)" + (record.end.map { ", \($0.outcome.rawValue)" } ?? ""))
        if let progress = record.progress {
            lines.append("progress  \(progress.percent) %" + (progress.message.map { ": \($0)" } ?? ""))
        }
        for obstacle in status.waitingFor {
            let blocker = obstacle.blocker
            lines.append("waits for \(blocker.path), \(blocker.kind.rawValue) by \(blocker.session)")
        }
        lines.append("queued    \(record.queuedAt) by \(record.order.requestedBy)")
        if record.attempt > 1 || record.order.retries != nil {
            let allowed = record.order.retries.map { " of \($0 + 1) that are made by themselves" } ?? ""
            lines.append("attempt   \(record.attempt)\(allowed)")
        }
        if let last = record.lastEnd { lines.append("before    \(last.outcome.rawValue): \(last.evidence)") }
        if record.phase == .queued, let time = record.notBefore { lines.append("not before \(time)") }
        if let startedAt = record.startedAt { lines.append("started   \(startedAt)") }
        if let pid = record.start?.process.pid, record.end == nil { lines.append("pid       \(pid)") }
        if let finishedAt = record.finishedAt { lines.append("finished  \(finishedAt)") }
        if let end = record.end { lines.append("evidence  \(end.evidence)") }
        return lines.map { $0 + "\n" }.joined()
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
