extension DeadlockParty {
    /// Who the parties are is told by their sessions, tasks and pids.
    var redacted: Self {
        var rest = self
        (rest.holder.label, rest.holder.program, rest.holder.user) = (nil, nil, nil)
        rest.holds?.reason = nil
        if case .lock(let lock, let position, _) = wants {
            rest.wants = .lock(lock, position: position, reason: nil)
        }
        return rest
    }
}
