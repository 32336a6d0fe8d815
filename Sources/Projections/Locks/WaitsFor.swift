import Events

/// Somebody in the waits-for graph.
enum Party: Hashable, Sendable {
    /// By its number.
    case session(Int)
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
    /// Who `task` is while it is not finished.
    func party(of task: TaskID) -> Party? {
        if let session = taskSessions[task].flatMap(sessions.number) { return .session(session) }
        return upcoming[task] == nil ? nil : .task(task)
    }

    /// Shows `body` whom `party` waits for and why, mere queue order left out, until it answers true.
    func visitWaits(of party: Party, _ body: (Party, Cause) -> Bool) -> Bool {
        switch party {
        case .task(let task): return visitHolders(of: upcoming[task] ?? [], .task, nil, body)
        case .session(let number):
            if visitChildren(of: number, { body(.session($0), .child) }) { return true }
            // One field each: a copy of the whole session costs more than to look at it twice.
            for wait in sessions[number].awaits {
                if let party = self.party(of: wait.task), body(party, .task(wait.task)) { return true }
            }
            for position in sessions[number].requests {
                guard let wanted = requests[position]?.locks else { continue }
                let asker = Asker(session: number, isNew: false, position: position)
                if visitHolders(of: wanted, asker, position, body) { return true }
            }
            return false
        }
    }

    /// Shows `body` the living children, those of ended children included, until it answers true.
    func visitChildren(of number: Int, _ body: (Int) -> Bool) -> Bool {
        guard !ancestry.children.isEmpty else { return false }
        return visitChildren(of: sessions[number].id, body)
    }

    private func visitChildren(of id: SessionID, _ body: (Int) -> Bool) -> Bool {
        guard let children = ancestry.children[id] else { return false }
        return children.contains { child in
            sessions.number(of: child).map(body) ?? visitChildren(of: child, body)
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
        guard case .session(let number) = party else { return false }
        for position in sessions[number].requests {
            guard let wanted = requests[position]?.locks else { continue }
            let asker = Asker(session: number, isNew: false, position: position)
            if visitQueue(before: asker, wanted, body) { return true }
        }
        return false
    }

    private func visitQueue(before asker: Asker, _ wanted: [Lock], _ body: (Party, Cause) -> Bool) -> Bool {
        let kin = kin(of: asker)
        func isBefore(_ mark: Mark) -> Bool { mark.position < asker.position && !kin.includes(mark.session) }
        for lock in wanted {
            if waiting.visit(conflictingWith: lock, { isBefore($0) && body(.session($0.session), .queued) }) {
                return true
            }
            guard lock.mode == .slot, !isServed(at: lock.path, asker) else { continue }
            var before: [Mark] = []
            _ = waiting.visit(slotsAt: lock.path) { mark in
                if isBefore(mark), let other = requests[mark.position], mayTakeSlot(lock.path, other) {
                    before.append(mark)
                }
                return false
            }
            guard lacksSlot(at: lock.path, asker, behind: before.count) else { continue }
            if before.contains(where: { body(.session($0.session), .queued) }) { return true }
        }
        return false
    }

    /// False when surely the earlier request holds back nobody from a slot: it is served already, or lacks more than slots.
    private func mayTakeSlot(_ path: LockPath, _ request: Request) -> Bool {
        let asker = asker(of: request)
        guard !isServed(at: path, asker) else { return false }
        let kin = kin(of: asker)
        return !request.locks.contains { lock in held.visit(conflictingWith: lock) { !kin.includes($0.session) } }
    }

    /// True when `session` waits, through the graph, for `target`. One that waits for an ancestor of `target` waits for
    /// `target` too: a parent waits for its children. With any of its requests: one that is free may not be granted yet
    /// because of another, and would hold back for ever whoever that one waits for. `strangers` are known not to wait for
    /// `target`; whoever is found not to joins them.
    func waits(_ session: Int, for target: Int, besides strangers: inout Walk) -> Bool {
        var walk = strangers
        guard !walk.hasMet(session) else { return false }
        _ = walk.meet(.session(session), target: nil)
        while let party = walk.open.popLast() {
            if visitWaitsAndQueue(of: party, { party, _ in walk.meet(party, target: target) }) { return true }
        }
        strangers = walk
        return false
    }

    /// All sessions that `session` waits for, through the graph, in the order in which they were met.
    func awaited(by session: Int) -> [Int] {
        var walk = Walk(from: session)
        while let party = walk.open.popLast() {
            _ = visitWaitsAndQueue(of: party) { party, _ in walk.meet(party, target: nil) }
        }
        return walk.met
    }

    /// Who was met on a way through the graph, and from whom it has not gone on yet.
    struct Walk {
        /// The sessions among them.
        private(set) var met: [Int] = []
        fileprivate var open: [Party] = []
        private var sessions = NumberSet()
        private var tasks: Set<TaskID> = []

        /// Nobody was met yet.
        init() {}

        /// Goes on from one that is not met himself, unless the way leads back to him.
        fileprivate init(from session: Int) { open = [.session(session)] }

        fileprivate func hasMet(_ session: Int) -> Bool { sessions.contains(session) }

        fileprivate mutating func meet(_ party: Party, target: Int?) -> Bool {
            switch party {
            case .session(let session):
                if sessions.insert(session) {
                    open.append(party)
                    met.append(session)
                }
                return session == target
            case .task(let task):
                if tasks.insert(task).inserted { open.append(party) }
                return false
            }
        }
    }

    /// False when surely nobody waits for `session` or an ancestor of it: no exception can be in its favour, and nothing
    /// that it asks for closes a ring.
    func isAwaited(_ session: Int) -> Bool {
        // What an awaited task without a session or a runner is going to ask for is not in the index.
        guard awaiting.isEmpty else { return true }
        guard !requests.isEmpty else { return false }
        if isAwaitedItself(session) { return true }
        guard !ancestry.parents.isEmpty else { return false }
        return ancestry.ancestors(of: sessions[session].id).contains {
            sessions.number(of: $0).map(isAwaitedItself) ?? false
        }
    }

    private func isAwaitedItself(_ number: Int) -> Bool {
        let session = sessions[number]
        let kin = kin(of: Asker(session: number, isNew: false, position: .max))
        for token in session.tokens {
            for lock in grant(token)?.locks ?? []
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
