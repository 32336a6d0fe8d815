import Events
import Projections

extension [TaskStatus] {
    /// As people see them.
    func table(_ context: Context) -> String {
        var table = Table([.init("TASK"), .init("TYPE"), .init("APP"), .init("STATE"), .init("QUEUED"), .init("WHAT")])
        for task in self {
            let what =
                task.record.end?.evidence ?? task.record.progress.map { "\($0.percent) % \($0.message ?? "")" }
                ?? task.waitingFor.first.map { "waits for \($0.blocker.path)" } ?? ""
            table.add([
                task.record.id.text, task.record.order.type, task.record.order.app ?? "",
                task.record.end?.outcome.rawValue ?? task.state, task.record.queuedAt.description, what,
            ])
        }
        return isEmpty ? "no tasks\n" : context.text(of: table)
    }
}
