import Projections

/// One task, and what happened to it.
struct TaskShowText: ViewText {
    func text(of view: View, on page: Page) -> String {
        let life = events(view.rows("life"))
        return lines(of: view).map { $0 + "\n" }.joined() + (life.isEmpty ? "" : "\n" + life)
    }

    private func lines(of task: View) -> [String] {
        var lines = ["task      \(task.words("task"))", "type      \(task.words("type"))"]
        func add(_ name: String, _ text: String?) { if let text { lines.append(name + text) } }
        add("app       ", task.string("app"))
        lines.append("state     \(task.words("state"))" + (task.string("outcome").map { ", \($0)" } ?? ""))
        add("progress  ", task["progress"]?.progressWords)
        for obstacle in task.rows("waitingFor") {
            lines.append(
                "waits for \(obstacle.words("path")), \(obstacle.words("kind")) by \(obstacle.words("session"))")
        }
        lines.append("queued    \(task.words("queuedAt"))" + (task.string("requestedBy").map { " by \($0)" } ?? ""))
        let attempt = task.integer("attempt") ?? 1
        if attempt > 1 || task["retries"] != nil {
            let allowed = task.integer("retries").map { " of \($0 + 1) that are made by themselves" } ?? ""
            lines.append("attempt   \(attempt)\(allowed)")
        }
        if let last = task.string("lastOutcome") {
            lines.append("before    \(last)" + (task.string("lastEvidence").map { ": \($0)" } ?? ""))
        }
        if ["queued", "waiting"].contains(task.words("state")) { add("not before ", task.string("notBefore")) }
        add("started   ", task.string("startedAt"))
        add("pid       ", task.integer("pid").map { String($0) })
        add("finished  ", task.string("finishedAt"))
        add("evidence  ", task.string("evidence"))
        return lines
    }

    /// An event a line; of its progress only the last word.
    private func events(_ life: [View]) -> String {
        let progress = "task.progressed"
        let last = life.last { $0.string("type") == progress }?.integer("position")
        return life.filter { $0.string("type") != progress || $0.integer("position") == last }.map {
            oneLine("\($0.words("at"))  \($0.words("type"))  \($0.words("what"))") + "\n"
        }.joined()
    }
}

extension View {
    /// Of progress: `50 %: copying`.
    var progressWords: String { "\(words("percent")) %" + (string("message").map { ": \($0)" } ?? "") }
}
