import Projections

/// Chains of waits for a person: who holds what, what for, and what he waits for or does; a paragraph each, from the one that
/// was asked about to the last, who waits for nothing.
struct LockWhyText: ViewText {
    /// What was asked about: a path, or the id of a session or task.
    let subject: String
    /// The path that was asked about, if it was one.
    private var path: String? { subject.hasPrefix("/") ? subject : nil }

    func text(of view: View, on page: Page) -> String {
        guard !view.rows.isEmpty else { return "nobody holds \(subject), and nobody waits for it\n" }
        return view.rows.map { story($0.rows) }.joined(separator: "\n")
    }

    private func story(_ chain: [View]) -> String {
        chain.indices.map { index in
            let one = chain[index]
            let showsActivity = isLast(one) || one.string("state") == Self.stopped
            let lines = [details(of: one), wait(of: one, in: chain), showsActivity ? activity(of: one) : nil]
            let shown = lines.compactMap { $0 }.map { "  \($0)\n" }.joined()
            return heading(index, in: chain) + "\n" + shown
        }.joined()
    }

    private func isLast(_ one: View) -> Bool { one["behind"] == nil && one["awaits"] == nil && one["child"] == nil }

    /// How it comes into the story: it holds what the one before wants, stands before it in the queue, is its task or child.
    private func heading(_ index: Int, in chain: [View]) -> String {
        let name = chain[index]["holder"]?.name ?? chain[index].words("session")
        if let held = chain[index]["holds"] { return "\(held.words("path")) is held by \(name)" }
        guard index > 0 else {
            return path.map { "\($0) is held by nobody; first in line for it is \(name)" } ?? name
        }
        let before = chain[index - 1]
        if let first = before.rows("behind").first { return "\(first.words("path")) is wanted earlier by \(name)" }
        if before["child"] != nil { return "its child is \(name)" }
        return "that is \(name)"
    }

    private func details(of one: View) -> String? {
        guard let held = one["holds"] else { return nil }
        return "\(held.words("mode")), token \(held.words("token")), since \(held.words("since"))" + reason(held)
    }

    private func wait(of one: View, in chain: [View]) -> String? {
        let since = one.string("since").map { " since \($0)" } ?? ""
        let behind = one.rows("behind")
        if let first = behind.first {
            let others = Set(behind.dropFirst().map { $0.words("session") }).subtracting([first.words("session")]).count
            let more = others > 0 ? " and behind \(counted(others, "other"))" : ""
            return "waits\(since) for \(first.words("path"))\(more)" + reason(one)
        }
        if let task = one.string("awaits") { return "waits\(since) for the end of task \(task)" }
        if one["child"] != nil { return "waits for its child" }
        return path == nil && chain.count == 1 ? "waits for nothing" : nil
    }

    private func reason(_ view: View) -> String {
        view.string("reason").map { ": \(oneLine($0))" } ?? ""
    }
}

/// What one does now, as far as it can be seen from here.
extension LockWhyText {
    static let stopped = "stopped"
    static let gone = "gone"

    private func activity(of one: View) -> String? {
        let progress = one["progress"].map { progress in
            "at \(progress.words("percent")) %" + (progress.string("message").map { ": \(oneLine($0))" } ?? "")
        }
        return [process(of: one), progress].compactMap { $0 }.joined(separator: ", ")
    }

    private func process(of one: View) -> String? {
        let host = one["holder"]?.words("host") ?? ""
        guard let pid = one["holder"]?.integer("pid") else {
            return one["lacksRunner"] != nil
                ? "has not started: no runner serves host \(host) (interlock serve)" : "has not started yet"
        }
        guard let state = one.string("state") else { return "runs on host \(host), where more can be seen" }
        // A task's name says nothing of its process.
        let which = one["holder"]?.string("task") == nil ? "" : ", pid \(pid)"
        let program = one.string("program").map { "runs \(oneLine($0))\(which)" } ?? "is"
        switch state {
        case Self.stopped: return "\(program), stopped: it holds on until it goes on (kill -CONT \(pid)) or ends"
        case Self.gone: return "its process is gone; this will be found out and its locks given back"
        case "running": return one["program"] == nil ? "is running" : program
        default: return one["program"] == nil ? "is \(state)" : "\(program), \(state)"
        }
    }
}
