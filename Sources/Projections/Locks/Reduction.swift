import Events

/// Whether somebody would ever get through: every session that waits for nothing ends, what becomes free is granted, and
/// so on until nothing changes. Who is left waits for ever (design §4).
///
/// Only those are looked at whom the asker waits for through the graph: the others change nothing for him. Each is looked
/// at again only when one that it was seen to wait for has ended. An ended session frees and takes nothing, so the order
/// does not matter.
///
/// A class: closures over a value of this size would copy it.
final class Reduction {
    /// Whom the asker is going to wait for.
    enum Demand {
        case locks([Lock])
        case task(TaskID)
        /// A task that is still to be queued, with what it is going to ask for.
        case newTask(TaskID, [Lock])
        /// What it waits for with one request in the queue; another one of its may have a ring of its own.
        case queued(Request)
        /// Nothing new; `granted`, its own request, is taken as granted.
        case nothing(granted: Request?)
    }

    let locks: Locks
    private let asker: Asker
    private let demand: Demand
    /// Who cannot end before the asker: itself and its living ancestors.
    private let stuck: [Int]
    private var graph = WaitGraph()
    private var ended: [Bool] = []

    init(_ locks: Locks, _ asker: Asker, _ demand: Demand) {
        self.locks = locks
        self.asker = asker
        self.demand = demand
        stuck =
            asker.session.map { number in
                let ancestors = locks.ancestry.ancestors(of: locks.sessions[number].id)
                return [number] + ancestors.compactMap(locks.sessions.number)
            } ?? []
    }

    /// Who is left, the asker himself not counted; nil when he gets through. To be asked of a state in which only he could
    /// close a ring, as every one is in which all others were judged when they asked.
    func remainder() -> [Party]? {
        guard explore(), !reduce() else { return nil }
        return graph.parties.indices.filter { !ended[$0] }.map { graph.parties[$0] }
    }

    /// True when the asker is left, be it only for others who wait for one another and not for him.
    func waitsForEver() -> Bool {
        explore()
        return !reduce()
    }

    /// The sessions without which the asker would get through, himself not counted, in the order of their opening.
    func sessions(of remainder: [Party]) -> [SessionID] {
        let numbers = remainder.compactMap { if case .session(let number) = $0 { number } else { nil } }
        // The parent of a session that is still to be opened is somebody else.
        return (numbers + stuck.dropFirst(asker.isNew ? 0 : 1))
            .map { (opened: locks.sessions[$0].position, id: locks.sessions[$0].id) }
            .sorted { $0.opened < $1.opened }.map(\.id)
    }

    /// Goes through the graph, and tells whether somebody there waits for the asker.
    @discardableResult
    private func explore() -> Bool {
        // A variable of its own: no access to it has to be checked at run time.
        var graph = WaitGraph()
        graph.stuck = stuck
        _ = visitWaitsOfAsker { party, _ in
            graph.meet(party)
            return false
        }
        while let party = graph.next() {
            _ = visitWaits(of: party) { other, cause in
                graph.addEdge(to: other)
                if case .held(let wanted, let mark, _) = cause, wanted.mode == .slot, mark.mode == .slot {
                    graph.wantsSlot()
                }
                return false
            }
        }
        self.graph = graph
        return graph.isRing
    }

    func isStuck(_ party: Party) -> Bool {
        if case .session(let session) = party { return stuck.contains(session) }
        return false
    }

    /// Ends whoever can, and tells whether the asker gets through then.
    private func reduce() -> Bool {
        let count = graph.parties.count
        ended = Array(repeating: false, count: count)
        var open = Array(0..<count)
        var watchers = Watchers(count)
        while let number = open.popLast() {
            guard !ended[number] else { continue }
            if graph.wantSlots.contains(number) {
                let obstacles = obstacles(of: graph.parties[number])
                for obstacle in obstacles { watchers.add(number, to: graph.number(of: obstacle)) }
                if !obstacles.isEmpty { continue }
            } else if let obstacle = graph.edges(of: number).first(where: { $0 == WaitGraph.asker || !ended[$0] }) {
                watchers.add(number, to: obstacle)
                continue
            }
            ended[number] = true
            watchers.take(from: number) { open.append($0) }
        }
        return obstaclesOfAsker().isEmpty
    }

    private func hasEnded(_ party: Party) -> Bool {
        let number = graph.number(of: party)
        return number != WaitGraph.asker && ended[number]
    }
}

/// Who waits for whom, as it would be.
extension Reduction {
    /// Whom the asker would wait for.
    func visitWaitsOfAsker(_ body: (Party, Cause) -> Bool) -> Bool {
        switch demand {
        case .locks(let wanted): if locks.visitHolders(of: wanted, asker, nil, body) { return true }
        case .task(let task): if let party = locks.party(of: task), body(party, .task(task)) { return true }
        case .newTask(let task, _): if body(.task(task), .task(task)) { return true }
        case .queued(let request): return locks.visitHolders(of: request.locks, asker, request.position, body)
        case .nothing: break
        }
        guard !asker.isNew, let session = asker.session else { return false }
        return visitWaits(of: .session(session), body)
    }

    /// Whom another one waits for, with what the demand would change.
    func visitWaits(of party: Party, _ body: (Party, Cause) -> Bool) -> Bool {
        if case .newTask(let task, let wanted) = demand, party == .task(task) {
            return locks.visitHolders(of: wanted, .task, nil, body)
        }
        guard let granted else { return locks.visitWaits(of: party, body) }
        if isAsker(party) {
            // It does not wait for what it has.
            return locks.visitWaits(of: party) { other, cause in
                if case .held(_, _, let request) = cause, request == granted.position { return false }
                return body(other, cause)
            }
        }
        if locks.visitWaits(of: party, body) { return true }
        for (wanted, other, position) in locks.demands(of: party) {
            let kin = locks.kin(of: other)
            for lock in wanted where isInTheWay(granted, of: lock, other) {
                guard let holder = asker.session else { continue }
                let mark = Mark(position: position ?? 0, session: holder, path: lock.path, mode: lock.mode)
                if body(.session(holder), .held(wanted: lock, by: mark, request: position)) { return true }
                // With one slot less, all who hold one may come to be in the way.
                guard lock.mode == .slot else { continue }
                let others = locks.held.visit(slotsAt: lock.path) { holder in
                    !kin.includes(holder.session)
                        && body(.session(holder.session), .held(wanted: lock, by: holder, request: position))
                }
                if others { return true }
            }
        }
        return false
    }

    private func isAsker(_ party: Party) -> Bool {
        if case .session(let session) = party, !asker.isNew { return session == asker.session }
        return false
    }

    fileprivate var granted: Request? {
        if case .nothing(let granted) = demand { granted } else { nil }
    }

    /// True when what `granted` is given would keep `lock` from `other`. Of a slot path any slot may.
    fileprivate func isInTheWay(_ granted: Request, of lock: Lock, _ other: Asker) -> Bool {
        // Whoever is to be granted something asks.
        guard let holder = asker.session, !locks.kin(of: other).includes(holder) else { return false }
        return granted.locks.contains { given in
            if given.mode == .slot, lock.mode == .slot { return given.path == lock.path }
            return given.conflicts(with: lock)
        }
    }
}

/// Who has to end first, of those that have not.
extension Reduction {
    private func obstaclesOfAsker() -> [Party] {
        switch demand {
        case .locks(let wanted): if let first = obstacles(to: wanted, asker) { return first }
        case .task(let task):
            if let party = locks.party(of: task), !hasEnded(party) { return [party] }
        case .newTask(let task, _): if !hasEnded(.task(task)) { return [.task(task)] }
        case .queued(let request): return obstacles(to: request.locks, asker) ?? []
        case .nothing: break
        }
        guard !asker.isNew, let session = asker.session else { return [] }
        return obstacles(of: .session(session))
    }

    /// None when it can end now. For a lock one is enough; for a slot all are named, as any of them may give it.
    private func obstacles(of party: Party) -> [Party] {
        if case .newTask(let task, let wanted) = demand, party == .task(task) {
            return obstacles(to: wanted, .task) ?? []
        }
        var first: Party?
        if case .session(let number) = party {
            _ = locks.visitChildren(of: number) { child in
                if !hasEnded(.session(child)) { first = .session(child) }
                return first != nil
            }
            for wait in locks.sessions[number].awaits {
                if let party = locks.party(of: wait.task), !hasEnded(party) { first = party }
            }
        }
        if let first { return [first] }
        for (wanted, asker, position) in locks.demands(of: party) where position == nil || position != granted?.position
        {
            if let found = obstacles(to: wanted, asker) { return found }
        }
        return []
    }

    private func obstacles(to wanted: [Lock], _ asker: Asker) -> [Party]? {
        let kin = locks.kin(of: asker)
        let isThere = { session in !self.hasEnded(.session(session)) }
        for lock in wanted {
            var found: Party?
            _ = locks.held.visit(conflictingWith: lock) { mark in
                guard isThere(mark.session), !kin.includes(mark.session) else { return false }
                found = .session(mark.session)
                return true
            }
            if let granted, found == nil,
                lock.mode != .slot || granted.locks.contains(where: { $0.conflicts(with: lock) }),
                isInTheWay(granted, of: lock, asker)
            {
                found = self.asker.session.map { .session($0) }
            }
            if let found { return [found] }
            guard lock.mode == .slot, !locks.isServed(at: lock.path, asker) else { continue }
            var holders = locks.slotHolders(at: lock.path, beside: asker).filter(isThere)
            if let granted, granted.locks.contains(lock), isInTheWay(granted, of: lock, asker),
                let holder = self.asker.session
            {
                holders.insert(holder)
            }
            guard let capacity = locks.capacities[lock.path], locks.slotsTaken(by: holders) >= capacity else {
                continue
            }
            return holders.map { .session($0) }
        }
        return nil
    }
}

extension Lock {
    /// True when two unrelated sessions cannot hold both. Slots are counted, and do not conflict as such.
    func conflicts(with other: Lock) -> Bool {
        guard mode == .exclusive || other.mode == .exclusive else { return false }
        return path.overlaps(other.path)
    }
}

extension Locks {
    /// What a party asks for, by which request.
    func demands(of party: Party) -> [([Lock], Asker, Position?)] {
        switch party {
        case .task(let task): upcoming[task].map { [($0, .task, nil)] } ?? []
        case .session(let number):
            sessions[number].requests.compactMap { position in
                requests[position].map {
                    ($0.locks, Asker(session: number, isNew: false, position: position), position)
                }
            }
        }
    }
}
