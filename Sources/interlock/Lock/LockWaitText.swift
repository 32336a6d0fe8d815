import Projections

/// For whom somebody waits, in a clause: who holds first, then who is before; each session once.
struct LockWaitText: ViewText {
    private static let maximumNamed = 3

    func text(of view: View, on page: Page) -> String {
        guard !view.rows.isEmpty else { return "others are before" }
        var named: Set<String> = []
        let parts = view.rows.filter { named.insert($0.words("session")).inserted }.prefix(Self.maximumNamed).map {
            obstacle in
            let verb = obstacle.string("kind") == "held" ? "is held by" : "is waited for earlier by"
            let who = obstacle["holder"]?.name ?? obstacle.words("session")
            return "\(obstacle.words("path")) \(verb) \(who)"
                + (obstacle.string("since").map { " since \($0)" } ?? "")
                + (obstacle.string("reason").map { " (\($0))" } ?? "")
        }
        let rest = named.count > parts.count ? ", and \(named.count - parts.count) more" : ""
        return parts.joined(separator: "; ") + rest
    }
}

/// A refused deadlock with both sides, a clause for each: what it holds, and what it wants from the next.
struct DeadlockRefusedText: ViewText {
    func text(of view: View, on page: Page) -> String {
        view.rows("cycle").enumerated().map { index, party in
            let isAsker = index == 0
            var clause = (party["holder"]?.name ?? "") + (isAsker ? " (this request)" : "")
            if let holds = party["holds"] {
                clause += " holds \(holds.lockWords) since \(holds.words("since"))\(aside(holds)) and"
            }
            guard let wants = party["wants"] else { return clause }
            let since = isAsker ? "" : " since \(wants.words("since"))"
            if let task = wants.string("task") { return clause + " waits for the end of task \(task)\(since)" }
            return clause + " wants \(wants.lockWords)\(since)\(aside(wants))"
        }.joined(separator: "; ")
    }

    private func aside(_ view: View) -> String { view.string("reason").map { " (\($0))" } ?? "" }
}
