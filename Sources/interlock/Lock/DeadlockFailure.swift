import Events
import Runner

extension CommandFailure {
    /// Refused, as 76, with both sides: who, which lock, since when, what for.
    init(_ deadlock: DeadlockRefused) {
        self.init(
            .deadlock, code: "deadlock", "refused: it would wait for ever: " + deadlock.refused.sides,
            hint: "Give back what the others wait for, then ask again; take the locks in one command next time")
    }
}

extension LockRefused {
    /// Each party in a clause: what it holds, and what it wants from the next.
    var sides: String {
        cycle.enumerated().map { index, party in
            var clause = party.holder.name + (index == 0 ? " (this request)" : "")
            if let holds = party.holds {
                clause += " holds \(text(holds.lock)) since \(holds.since)"
                if let reason = holds.reason { clause += " (\(reason))" }
                clause += " and"
            }
            switch party.wants {
            case .lock(let lock, _, let reason):
                clause += " wants \(text(lock))" + (index == 0 ? "" : " since \(party.since)")
                if let reason { clause += " (\(reason))" }
            case .task(let task):
                clause += " waits for the end of task \(task)" + (index == 0 ? "" : " since \(party.since)")
            }
            return clause
        }.joined(separator: "; ")
    }

    private func text(_ lock: Lock) -> String {
        lock.mode == .exclusive ? lock.path.text : "\(lock.path) (\(lock.mode.rawValue))"
    }
}

extension DeadlockParty.Holder {
    /// As a person would call it.
    var name: String {
        if let task { return label.map { "task \(task) (\($0))" } ?? "task \(task)" }
        let program = label ?? program ?? "a process"
        guard let pid else { return program }
        return "\(program), pid \(pid)" + (user.map { " of \($0)" } ?? "")
    }
}
