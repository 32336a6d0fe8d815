import Events

/// Somebody in the waits-for graph.
enum Party: Hashable, Sendable {
    case session(SessionID)
    /// An unfinished task whose time has not come: it has no session yet, and will ask for its locks.
    case task(TaskID)
}

/// Why one party waits for another.
enum Cause: Sendable {
    /// It wants `wanted`, and the other holds what is in the way; the request's position where there is a request.
    case held(wanted: Lock, by: Mark, request: Position?)
    /// An earlier request of the other goes first.
    case queued
    case child
    case task(TaskID)
}

/// The waits-for graph. A session waits for whoever holds what it asks for, slots included, for its living children, and
/// for the tasks whose end it awaits. What goes by the queue's order also waits for earlier conflicting requests.
extension Locks {
    func isRelated(_ one: SessionID, _ other: SessionID) -> Bool {
        ancestry.isRelated(one, other)
    }

    /// Who `task` is while it is not finished.
    func party(of task: TaskID) -> Party? {
        if let session = taskSessions[task] { return .session(session) }
        return upcoming[task] == nil ? nil : .task(task)
    }

    /// Shows `body` whom `party` waits for and why, mere queue order left out, until it answers true.
    func visitWaits(of party: Party, _ body: (Party, Cause) -> Bool) -> Bool {
        switch party {
        case .task(let task): return visitHolders(of: upcoming[task] ?? [], .task, nil, body)
        case .session(let id):
            if !ancestry.children.isEmpty {
                for child in ancestry.children[id] ?? [] where body(.session(child), .child) { return true }
            }
            // One field each: a copy of the whole session costs more than to look it up twice.
            if !awaiting.isEmpty {
                for wait in sessions[id]?.awaits ?? [] {
                    if let party = self.party(of: wait.task), body(party, .task(wait.task)) { return true }
                }
            }
            for position in sessions[id]?.requests ?? [] {
                guard let wanted = requests[position]?.locks else { continue }
                let asker = Asker(session: id, isNew: false, position: position)
                if visitHolders(of: wanted, asker, position, body) { return true }
            }
            return false
        }
    }

    func visitHolders(
        of locks: [Lock], _ asker: Asker, _ request: Position?, _ body: (Party, Cause) -> Bool
    ) -> Bool {
        visitHolders(inTheWayOf: locks, of: asker) { wanted, mark in
            body(.session(mark.session), .held(wanted: wanted, by: mark, request: request))
        }
    }

    /// The same with the queue's order: earlier conflicting requests, and for a slot those that leave none.
    private func visitWaitsAndQueue(of party: Party, _ body: (Party, Cause) -> Bool) -> Bool {
        if visitWaits(of: party, body) { return true }
        guard case .session(let id) = party else { return false }
        for position in sessions[id]?.requests ?? [] {
            if let request = requests[position], visitQueue(before: request, body) { return true }
        }
        return false
    }

    private func visitQueue(before request: Request, _ body: (Party, Cause) -> Bool) -> Bool {
        let kin = kin(of: Asker(request))
        func isBefore(_ mark: Mark) -> Bool { mark.position < request.position && !kin.includes(mark.session) }
        for lock in request.locks {
            if waiting.visit(conflictingWith: lock, { isBefore($0) && body(.session($0.session), .queued) }) {
                return true
            }
            guard lock.mode == .slot, !isServed(at: lock.path, Asker(request)) else { continue }
            var before: [Mark] = []
            _ = waiting.visit(slotsAt: lock.path) { mark in
                if isBefore(mark), let other = requests[mark.position], mayTakeSlot(lock.path, other) {
                    before.append(mark)
                }
                return false
            }
            guard lacksSlot(at: lock.path, Asker(request), behind: before.count) else { continue }
            if before.contains(where: { body(.session($0.session), .queued) }) { return true }
        }
        return false
    }

    /// False when surely the earlier request holds back nobody from a slot: it is served already, or lacks more than slots.
    private func mayTakeSlot(_ path: LockPath, _ request: Request) -> Bool {
        let asker = Asker(request)
        guard !isServed(at: path, asker) else { return false }
        let kin = kin(of: asker)
        return !request.locks.contains { lock in held.visit(conflictingWith: lock) { !kin.includes($0.session) } }
    }

    /// True when `session` waits, through the graph, for `target`. One that waits for an ancestor of `target` waits for
    /// `target` too: a parent waits for its children. With any of its requests: one that is free may not be granted yet
    /// because of another, and would hold back for ever whoever that one waits for. `strangers` are known not to wait for
    /// `target`; whoever is found not to joins them.
    func waits(_ session: SessionID, for target: SessionID, besides strangers: inout Set<Party>) -> Bool {
        guard !strangers.contains(.session(session)) else { return false }
        var walk = Walk(seen: strangers, open: [])
        _ = walk.meet(.session(session), target: nil)
        while let party = walk.open.popLast() {
            if visitWaitsAndQueue(of: party, { party, _ in walk.meet(party, target: target) }) { return true }
        }
        strangers = walk.seen
        return false
    }

    /// All sessions that `session` waits for, through the graph.
    func awaited(by session: SessionID) -> Set<SessionID> {
        var walk = Walk(open: [.session(session)])
        while let party = walk.open.popLast() {
            _ = visitWaitsAndQueue(of: party) { party, _ in walk.meet(party, target: nil) }
        }
        return Set(walk.seen.compactMap { if case .session(let id) = $0 { id } else { nil } })
    }

    /// Who was met on a way through the graph, and from whom it has not gone on yet.
    private struct Walk {
        var seen: Set<Party> = []
        var open: [Party] = []

        mutating func meet(_ party: Party, target: SessionID?) -> Bool {
            if seen.insert(party).inserted { open.append(party) }
            guard let target, case .session(let session) = party else { return false }
            return session == target
        }
    }

    /// False when surely nobody waits for `session` or an ancestor of it: no exception can be in its favour, and nothing
    /// that it asks for closes a ring.
    func isAwaited(_ session: SessionID) -> Bool {
        // What an awaited task without a session or a runner is going to ask for is not in the index.
        guard awaiting.isEmpty else { return true }
        guard !requests.isEmpty else { return false }
        return isAwaitedItself(session) || ancestry.ancestors(of: session).contains(where: isAwaitedItself)
    }

    private func isAwaitedItself(_ id: SessionID) -> Bool {
        guard let session = sessions[id] else { return false }
        let kin = kin(of: Asker(session: id, isNew: false, position: .max))
        for token in session.tokens {
            for lock in grants[token]?.locks ?? []
            where waiting.visit(wantedBesides: lock, { !kin.includes($0.session) }) {
                return true
            }
        }
        for position in session.requests {
            for lock in requests[position]?.locks ?? []
            where waiting.visit(wantedBesides: lock, { $0.position > position && !kin.includes($0.session) }) {
                return true
            }
        }
        return false
    }
}
