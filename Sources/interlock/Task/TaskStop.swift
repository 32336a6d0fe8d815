import ArgumentParser
import Events
import Projections
import Runner
import System

struct TaskStop: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "Stop a task: TERM, and KILL when its grace has passed.")

    @Argument(help: "The id of the task.", transform: Parse.id)
    var id: String

    @Flag(help: "KILL at once.")
    var now = false

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let context = try Context(common)
        let site = try await context.open()
        let task = TaskID(id)
        guard let before = try await site.status(of: task) else { throw .noSuchTask(id) }
        if before.record.phase != .finished {
            _ = try await site.submit(.stopTask(task, by: site.site.user, now: now), correlation: id)
            if now, before.record.phase != .queued { try kill(before.record, site) }
        }
        guard let status = try await site.status(of: task) else { throw .noSuchTask(id) }
        context.answer(view(of: status, for: .administrator), TaskOrderText())
    }

    /// The order is in the log for the runner; the shim is told at once besides, as the runner may be away.
    private func kill(_ record: TaskRecord, _ site: OpenSite) throws {
        do {
            try site.site.attempt(record.id, record.attempt).send(.kill)
        } catch {
            // A shim that has gone has killed already; one of another user is told by the runner.
            let isOver = error.code == .notFound || error.code == .closed || error.code == .permission
            if !isOver { throw error }
        }
    }
}
