import Events
import Projections
import Runner

extension CommandFailure {
    /// Refused, as 76, with both sides: who, which lock, since when, what for.
    init(_ deadlock: DeadlockRefused) {
        self.init(
            .deadlock, code: "deadlock",
            "refused: it would wait for ever: " + deadlock.refused.clauses.joined(separator: "; "),
            hint: "Give back what the others wait for and ask again, or ask for all locks in one command; "
                + "see: interlock deadlock list")
    }
}

extension LockRefused {
    /// A clause for each party: what it holds, and what it wants from the next.
    var clauses: [String] {
        cycle.enumerated().map { index, party in
            let isAsker = index == 0
            var clause = party.holder.name + (isAsker ? " (this request)" : "")
            if let holds = party.holds {
                clause += " holds \(holds.lock.words) since \(holds.since)\(Self.aside(holds.reason)) and"
            }
            let since = isAsker ? "" : " since \(party.since)"
            switch party.wants {
            case .lock(let lock, _, let reason): clause += " wants \(lock.words)\(since)\(Self.aside(reason))"
            case .task(let task): clause += " waits for the end of task \(task)\(since)"
            }
            return clause
        }
    }

    private static func aside(_ reason: String?) -> String {
        reason.map { " (\($0))" } ?? ""
    }
}
