import Events

/// The waits-for graph. A session waits for whoever holds what it asks for, for earlier conflicting requests, and for its
/// living children. (Slots and awaited tasks join here.)
extension Locks {
    func isRelated(_ one: SessionID, _ other: SessionID) -> Bool {
        ancestry.isRelated(one, other)
    }

    /// True when `request` waits, through the graph, for `target`. One that waits for an ancestor of `target` waits for
    /// `target` too: a parent waits for its children.
    func waits(_ request: Request, for target: SessionID) -> Bool {
        var seen: Set<SessionID> = []
        var open: [SessionID] = []
        func meet(_ session: SessionID) -> Bool {
            if seen.insert(session).inserted { open.append(session) }
            return session == target
        }
        if visitAwaited(by: request, meet) { return true }
        while let session = open.popLast() {
            if visitAwaited(by: session, meet) { return true }
        }
        return false
    }

    /// All sessions that `session` waits for, through the graph.
    func awaited(by session: SessionID) -> Set<SessionID> {
        var seen: Set<SessionID> = []
        var open = [session]
        while let next = open.popLast() {
            _ = visitAwaited(by: next) { session in
                if seen.insert(session).inserted { open.append(session) }
                return false
            }
        }
        return seen
    }

    /// True when some request waits for `session` or an ancestor of it: only then an exception can be in its favour.
    func isAwaited(_ session: SessionID) -> Bool {
        guard !requests.isEmpty else { return false }
        return isAwaitedItself(session) || ancestry.ancestors(of: session).contains(where: isAwaitedItself)
    }

    private func isAwaitedItself(_ id: SessionID) -> Bool {
        guard let session = sessions[id] else { return false }
        for token in session.tokens {
            for lock in grants[token]?.locks ?? []
            where waiting.visit(conflictingWith: lock, { !isRelated($0.session, id) }) {
                return true
            }
        }
        for position in session.requests {
            for lock in requests[position]?.locks ?? []
            where waiting.visit(
                conflictingWith: lock, { $0.position > position && !isRelated($0.session, id) })
            {
                return true
            }
        }
        return false
    }

    private func visitAwaited(by request: Request, _ body: (SessionID) -> Bool) -> Bool {
        for lock in request.locks
        where held.visit(
            conflictingWith: lock, { !isRelated($0.session, request.session) && body($0.session) })
        {
            return true
        }
        for lock in request.locks
        where waiting.visit(
            conflictingWith: lock,
            { $0.position < request.position && !isRelated($0.session, request.session) && body($0.session) })
        {
            return true
        }
        return false
    }

    private func visitAwaited(by session: SessionID, _ body: (SessionID) -> Bool) -> Bool {
        for child in ancestry.children[session] ?? [] where body(child) { return true }
        for position in sessions[session]?.requests ?? [] {
            if let request = requests[position], visitAwaited(by: request, body) { return true }
        }
        return false
    }
}
