import Events
import Projections

extension [TaskStatus] {
    /// As people see them: how long each has run, or ran, and what there is to say of it; below, how many are under way
    /// in all, where `platform` has more than are shown. Without `now`, of the past, only what is over has run for a time.
    func table(_ context: Context, _ platform: Platform? = nil, now: Timestamp? = nil) -> String {
        guard !isEmpty else { return "no tasks\n" }
        var table = Table([
            .init("TASK"), .init("TYPE"), .init("APP"), .init("STATE"), .init("QUEUED"), .init("RAN", .right),
            .init("WHAT"),
        ])
        for task in self {
            let record = task.record
            table.add([
                record.id.text, record.order.type, record.order.app ?? "", record.end?.outcome.rawValue ?? task.state,
                record.queuedAt.description, record.ran(until: now), task.what,
            ])
        }
        return context.text(of: table) + (platform.map { Self.summary($0, shown: self) } ?? "")
    }

    /// `12 running, 180 waiting; 30 shown, more with --limit`.
    private static func summary(_ platform: Platform, shown: [TaskStatus]) -> String {
        let unfinished = platform.tasks.unfinished
        guard unfinished.count > shown.count(where: { $0.record.phase != .finished }) else { return "" }
        let states = Dictionary(grouping: unfinished.map { TaskStatus($0, in: platform.locks).state }) { $0 }
        let counts = ["running", "stopping", "claimed", "waiting", "queued"].compactMap { state in
            states[state].map { "\(grouped($0.count)) \(state)" }
        }
        return "\n\(counts.joined(separator: ", ")); \(shown.count) shown, more with --limit\n"
    }
}

extension TaskRecord {
    /// From the start of its process; empty where there is none.
    fileprivate func ran(until now: Timestamp?) -> String {
        guard let startedAt, let end = finishedAt ?? now else { return "" }
        return span(max(0, end.microseconds(since: startedAt)))
    }
}

extension TaskStatus {
    fileprivate var what: String {
        let attempt = record.attempt > 1 ? "attempt \(record.attempt): " : ""
        if let end = record.end { return attempt + end.evidence }
        if let progress = record.progress {
            return attempt + "\(progress.percent) %" + (progress.message.map { ", \($0)" } ?? "")
        }
        if let first = waitingFor.first(where: { $0.blocker.kind == .held }) ?? waitingFor.first {
            let holder = first.holder.map { $0.briefName ?? "a process" }
            let before = waitingFor.count { $0.blocker.kind == .queued }
            return attempt + "waits for \(first.blocker.path), "
                + (first.blocker.kind == .held ? "held by \(holder ?? "another")" : "")
                + (before > 0 ? (first.blocker.kind == .held ? ", " : "") + "\(before) before it" : "")
        }
        if record.phase == .queued, let time = record.notBefore { return attempt + "not before \(time)" }
        return record.attempt > 1 ? "attempt \(record.attempt)" : ""
    }
}
