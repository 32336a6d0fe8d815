public import Events

/// A ring of parties of which each wants what the next one holds, told for people.
extension Reduction {
    /// One way from a party to the next.
    private struct Step {
        /// Nil for the asker.
        var from: Party?
        var to: Party
        var cause: Cause
    }

    /// When and why the asker asks, which is not in the log yet.
    struct Asking {
        var position: Position
        var at: Timestamp
        var reason: String?
    }

    /// The shortest ring from the asker through `remainder` back to it, or to an ancestor that waits for it.
    func cycle(through remainder: [Party], _ asking: Asking) -> [DeadlockParty] {
        // A parent and the child for which it waits are one party: it holds with the upper, and wants with the lower.
        let steps = shortestRing(through: Set(remainder)).filter { if case .child = $0.cause { false } else { true } }
        guard let last = steps.last else { return [] }
        return zip([last] + steps.dropLast(), steps).compactMap { entry, exit in
            guard let (wants, since) = want(exit.cause, of: exit.from, asking) else { return nil }
            return DeadlockParty(
                session: session(entry.to)?.id, holder: holder(entry.to), holds: holding(entry.cause), wants: wants,
                since: since)
        }
    }

    /// Breadth first.
    private func shortestRing(through remainder: Set<Party>) -> [Step] {
        var steps: [Step] = []
        var reached: [Party: Int] = [:]
        var last: Int?
        func go(from party: Party?, to other: Party, _ cause: Cause) -> Bool {
            guard isStuck(other) || (remainder.contains(other) && reached[other] == nil) else { return false }
            steps.append(Step(from: party, to: other, cause: cause))
            if isStuck(other) { last = steps.count - 1 } else { reached[other] = steps.count - 1 }
            return last != nil
        }
        var next = 0
        var isFound = visitWaitsOfAsker { go(from: nil, to: $0, $1) }
        while !isFound, next < steps.count {
            let party = steps[next].to
            isFound = visitWaits(of: party) { go(from: party, to: $0, $1) }
            next += 1
        }
        var ring: [Step] = []
        while let index = last {
            ring.append(steps[index])
            last = steps[index].from.flatMap { reached[$0] }
        }
        return ring.reversed()
    }

    private func want(
        _ cause: Cause, of party: Party?, _ asking: Asking
    ) -> (DeadlockParty.Want, since: Timestamp)? {
        switch cause {
        case .held(let wanted, _, let request):
            guard let request = request.flatMap({ locks.requests[$0] }) else {
                return (.lock(wanted, position: asking.position, reason: asking.reason), asking.at)
            }
            return (.lock(wanted, position: request.position, reason: request.reason), request.since)
        case .task(let task):
            let waits = party.flatMap(session)?.awaits.first { $0.task == task }
            return (.task(task), waits?.since ?? asking.at)
        case .child, .queued: return nil
        }
    }

    private func holding(_ cause: Cause) -> DeadlockParty.Holding? {
        guard case .held(_, let mark, _) = cause, let grant = locks.grant(mark.position) else { return nil }
        return DeadlockParty.Holding(
            lock: Lock(mark.path, mark.mode), token: grant.token, since: grant.since, reason: grant.reason)
    }

    private func session(_ party: Party) -> Session? {
        if case .session(let number) = party { locks.sessions[number] } else { nil }
    }

    private func holder(_ party: Party) -> DeadlockParty.Holder {
        switch party {
        case .task(let task): DeadlockParty.Holder(task: task)
        case .session(let number): DeadlockParty.Holder(locks.sessions[number])
        }
    }
}

extension DeadlockParty.Holder {
    /// As the living session tells.
    public init(_ session: Session) {
        self.init(
            host: session.host, label: session.label, pid: session.process?.pid, program: session.program,
            task: session.task, user: session.user)
    }
}
