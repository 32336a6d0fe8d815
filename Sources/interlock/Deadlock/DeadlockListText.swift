import Projections

/// Deadlocks: a line for each party, and below it what it holds and wants, in columns.
struct DeadlockListText: ViewText {
    func text(of view: View, on page: Page) -> String {
        view.rows.isEmpty ? "no deadlock was refused\n" : view.rows.map(paragraph).joined(separator: "\n")
    }

    private func paragraph(_ deadlock: View) -> String {
        let cycle = deadlock.rows("cycle")
        let width = cycle.flatMap { [$0["holds"]?.lockWords.count ?? 0, $0["wants"]?.wantWords.count ?? 0] }.max() ?? 0
        func line(_ verb: String, _ what: String, _ view: View) -> String {
            let space = String(repeating: " ", count: width - what.count)
            let reason = view.string("reason").map { "  \(oneLine($0))" } ?? ""
            return "    \(verb)  \(what)\(space)  since \(view.words("since"))\(reason)\n"
        }
        var text = "at position \(deadlock.words("position")), \(deadlock.words("at")):\n"
        for (index, party) in cycle.enumerated() {
            text += "  \(party["holder"]?.name ?? "")\(index == 0 ? ", was refused" : "")\n"
            if let holds = party["holds"] { text += line("holds", holds.lockWords, holds) }
            if let wants = party["wants"] { text += line("wants", wants.wantWords, wants) }
        }
        return text
    }
}

extension View {
    /// Of what a party wants: a lock, or the end of a task.
    var wantWords: String { string("task").map { "the end of task \($0)" } ?? lockWords }
}
