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
    /// Who cannot end before the asker: itself and its ancestors.
    private let stuck: [SessionID]
    /// Whom the asker waits for through the graph, in the order in which they were met, with whom each waits for.
    private var parties: [Party] = []
    private var numbers: [Party: Int] = [:]
    private var waits: [[Int]] = []
    /// Those who wait for a slot: any of its holders may give it.
    private var wantSlots: Set<Int> = []
    private var ended: [Bool] = []
    /// Stands for the asker and its ancestors among the numbers.
    private static let askerNumber = -1

    init(_ locks: Locks, _ asker: Asker, _ demand: Demand) {
        self.locks = locks
        self.asker = asker
        self.demand = demand
        stuck = asker.session.map { [$0] + locks.ancestry.ancestors(of: $0) } ?? []
    }

    /// Who is left, the asker himself not counted; nil when he gets through.
    func remainder() -> Set<Party>? {
        guard isRing(), !reduce() else { return nil }
        return Set(parties.indices.lazy.filter { !self.ended[$0] }.map { self.parties[$0] })
    }

    /// Goes through the graph, and tells whether somebody there waits for the asker.
    private func isRing() -> Bool {
        var isRing = false
        _ = visitWaitsOfAsker { party, _ in
            isRing = self.number(of: party) == Self.askerNumber || isRing
            return false
        }
        var next = 0
        while next < parties.count {
            let current = next
            _ = visitWaits(of: parties[current]) { party, cause in
                let number = self.number(of: party)
                isRing = number == Self.askerNumber || isRing
                self.waits[current].append(number)
                if case .held(let wanted, let mark, _) = cause, wanted.mode == .slot, mark.mode == .slot {
                    self.wantSlots.insert(current)
                }
                return false
            }
            next += 1
        }
        return isRing
    }

    private func number(of party: Party) -> Int {
        if isStuck(party) { return Self.askerNumber }
        if let number = numbers[party] { return number }
        numbers[party] = parties.count
        parties.append(party)
        waits.append([])
        return parties.count - 1
    }

    func isStuck(_ party: Party) -> Bool {
        if case .session(let session) = party { return stuck.contains(session) }
        return false
    }

    /// Ends whoever can, and tells whether the asker gets through then.
    private func reduce() -> Bool {
        ended = Array(repeating: false, count: parties.count)
        var open = Array(parties.indices)
        var watchers: [[Int]] = Array(repeating: [], count: parties.count)
        while let number = open.popLast() {
            guard !ended[number] else { continue }
            let obstacles = obstacles(of: number)
            if obstacles.isEmpty {
                ended[number] = true
                open += watchers[number]
            } else {
                for obstacle in obstacles where obstacle != Self.askerNumber { watchers[obstacle].append(number) }
            }
        }
        return obstaclesOfAsker().isEmpty
    }

    private func obstacles(of number: Int) -> [Int] {
        if wantSlots.contains(number) { return obstacles(of: parties[number]).map { numbers[$0] ?? Self.askerNumber } }
        for other in waits[number] where other == Self.askerNumber || !ended[other] { return [other] }
        return []
    }

    private func hasEnded(_ party: Party) -> Bool {
        numbers[party].map { ended[$0] } ?? false
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
                let mark = Mark(position: position ?? 0, session: granted.session, path: lock.path, mode: lock.mode)
                if body(.session(granted.session), .held(wanted: lock, by: mark, request: position)) { return true }
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
        guard !locks.kin(of: other).includes(granted.session) else { return false }
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
        if case .session(let id) = party {
            for child in locks.ancestry.children[id] ?? [] where !hasEnded(.session(child)) {
                first = .session(child)
            }
            for wait in locks.sessions[id]?.awaits ?? [] {
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
                found = .session(granted.session)
            }
            if let found { return [found] }
            guard lock.mode == .slot, !locks.isServed(at: lock.path, asker) else { continue }
            var holders = locks.slotHolders(at: lock.path, beside: asker).filter(isThere)
            if let granted, granted.locks.contains(lock), isInTheWay(granted, of: lock, asker) {
                holders.insert(granted.session)
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
        return path.covers(other.path) || other.path.covers(path)
    }
}

extension Locks {
    /// What a party asks for, by which request.
    func demands(of party: Party) -> [([Lock], Asker, Position?)] {
        switch party {
        case .task(let task): upcoming[task].map { [($0, .task, nil)] } ?? []
        case .session(let id):
            sessions[id]?.requests.compactMap { position in
                requests[position].map { ($0.locks, Asker($0), position) }
            } ?? []
        }
    }
}
