import Events
import Projections

/// Tasks: how long each has run, or ran, and what there is to say of it.
struct TaskListText: ViewText {
    /// Without it, of the past, only what is over has run for a time.
    var now: Timestamp?

    func text(of view: View, on page: Page) -> String {
        guard !view.rows.isEmpty else { return "no tasks\n" }
        var table = Table([
            .init("TASK"), .init("TYPE"), .init("APP"), .init("STATE"), .init("QUEUED"), .init("RAN", .right),
            .init("WHAT"),
        ])
        for task in view.rows {
            table.add([
                task.words("task"), task.words("type"), task.words("app"),
                task.string("outcome") ?? task.words("state"),
                task.words("queuedAt"), ran(task), what(task),
            ])
        }
        return page.text(of: table)
    }

    /// From the start of its process; empty where there is none.
    private func ran(_ task: View) -> String {
        guard let start = task.time("startedAt"), let end = task.time("finishedAt") ?? now else { return "" }
        return span(max(0, end.microseconds(since: start)))
    }

    private func what(_ task: View) -> String {
        let number = task.integer("attempt") ?? 1
        let attempt = number > 1 ? "attempt \(number): " : ""
        if task["outcome"] != nil {
            return task.string("evidence").map { attempt + $0 } ?? (number > 1 ? "attempt \(number)" : "")
        }
        if let progress = task["progress"] {
            return attempt + "\(progress.words("percent")) %" + (progress.string("message").map { ", \($0)" } ?? "")
        }
        let obstacles = task.rows("waitingFor")
        if let first = obstacles.first(where: { $0.string("kind") == "held" }) ?? obstacles.first {
            let isHeld = first.string("kind") == "held"
            let before = obstacles.count { $0.string("kind") == "queued" }
            return attempt + "waits for \(first.words("path")), " + (isHeld ? "held by \(first.obstacleName)" : "")
                + (before > 0 ? (isHeld ? ", " : "") + "\(before) before it" : "")
        }
        if isQueued(task), let time = task.string("notBefore") {
            return attempt + "not before \(time)"
        }
        return number > 1 ? "attempt \(number)" : ""
    }

    private func isQueued(_ task: View) -> Bool { ["queued", "waiting"].contains(task.words("state")) }
}

extension View {
    /// Of an obstacle: who it is.
    var obstacleName: String { self["holder"].map { $0.briefName ?? "a process" } ?? "another" }
}

/// How many are under way in all, where there are more than are shown: `12 running, 180 waiting; 30 shown, more with --limit`.
struct TaskCountsText: ViewText {
    /// Rows of the list that it stands below.
    let shown: Int

    func text(of view: View, on page: Page) -> String {
        let counts = view.fields.map { "\($0.value.integer.map(grouped) ?? "") \($0.name)" }.joined(separator: ", ")
        return "\n\(counts); \(shown) shown, more with --limit\n"
    }
}
