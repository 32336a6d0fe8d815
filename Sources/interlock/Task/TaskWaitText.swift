import Projections

/// How a task stands, in a clause, for who waits for its end.
struct TaskWaitText: ViewText {
    func text(of view: View, on page: Page) -> String {
        let task = "task \(view.words("task"))"
        if let outcome = view.string("outcome") {
            return "\(task) \(outcome)" + (view.string("evidence").map { ": \($0)" } ?? "")
        }
        let state = "\(task) is \(view.words("state"))"
        if let progress = view["progress"] { return "\(state), \(progress.progressWords)" }
        guard let first = view.rows("waitingFor").first else { return state }
        return "\(task) waits for \(first.words("path")), \(first.words("kind")) by \(first.obstacleName)"
    }
}

/// How far a task is, as one line of a terminal: `[######------]  50 %  copying`.
struct ProgressBarText: ViewText {
    /// Characters of the bar itself.
    static let width = 24

    func text(of view: View, on page: Page) -> String {
        let percent = view.integer("percent") ?? 0
        let filled = Self.width * min(max(percent, 0), 100) / 100
        let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: Self.width - filled)
        let number = String(repeating: " ", count: max(0, 3 - "\(percent)".count)) + "\(percent) %"
        let line = "[\(bar)] \(number)" + (view.string("message").map { "  " + oneLine($0) } ?? "")
        guard let columns = page.width, line.count >= columns else { return line }
        return line.prefix(max(0, columns - 2)) + "…"
    }
}
