import Events

/// What one transaction changed so far: where requests may have become grantable. Looking only there keeps a release as
/// cheap among ten thousand other locks as alone.
struct Unsettled: Sendable {
    /// Locks that nobody holds, or asks for, any more.
    private var freed: [Lock] = []
    /// Paths of which a slot was taken. Where none is left, whoever lacks one waits for all who hold one: also by what is
    /// freed, when those whom one slot served count each for himself, and by a lower capacity.
    private var taken: [LockPath] = []
    /// Sessions that something new leads to or from in the waits-for graph: exceptions may have come to be.
    private var stirred: [SessionID] = []
    /// Requests to look at, the first one in the queue last.
    private var candidates: [Position] = []
    private var fresh: Set<Position> = []
    /// Requests that a lock granted in this transaction is in the way of.
    private var blocked: Set<Position> = []

    /// Notes what follows from `event`, before it is followed.
    mutating func note(_ event: Event, _ locks: Locks, _ tasks: Tasks) {
        switch event {
        case .lockReleased(let data): freed += data.locks
        case .lockWithdrawn(let data):
            noteGone(data.request, in: locks)
            noteDisentangled(in: locks)
        case .lockRefused(let data):
            if let request = data.request { noteGone(request, in: locks) }
            noteDisentangled(in: locks)
        case .lockDowngraded(let data): freed.append(Lock(data.path, .exclusive))
        case .slotsConfigured(let data): freed.append(Lock(data.path, .slot))
        case .taskWaitBegan(let data): stirred.append(data.session)
        case .taskWaitEnded, .sessionEnded: noteDisentangled(in: locks)
        case .lockRequested(let data): stirred.append(data.session)
        case .lockGranted(let data): noteGranted(data, in: locks)
        case .runnerRegistered(let data): noteServed(data.host, in: locks)
        case .runnerRetired(let data):
            if let host = tasks.runner(data.runner)?.host { noteAbandoned(host, in: locks) }
        default: break
        }
    }

    /// Something that a session waited for besides is about to end: its free requests may be safe now, also where it waits
    /// for nothing else behind this event.
    private mutating func noteDisentangled(in locks: Locks) {
        for session in locks.entangled { fresh.formUnion(locks.sessions[session]?.requests ?? []) }
    }

    private mutating func noteGone(_ request: RequestID, in locks: Locks) {
        if let position = locks.positions[request] { freed += locks.requests[position]?.locks ?? [] }
    }

    /// Whoever the new holder is in the way of need not be looked at again; but he may hold back others no more, who only
    /// want a slot that he wants too.
    private mutating func noteGranted(_ data: LockGranted, in locks: Locks) {
        stirred.append(data.session)
        if locks.entangled.contains(data.session) { noteDisentangled(in: locks) }
        let mayBlock = !candidates.isEmpty
        let kin = locks.kin(
            of: Asker(session: locks.sessions.number(of: data.session), isNew: false, position: .max))
        for lock in data.locks {
            if lock.mode == .slot { taken.append(lock.path) }
            // A slot of an ancestor serves its descendants, who may be waiting for one.
            if lock.mode == .slot, locks.ancestry.children[data.session] != nil { freed.append(lock) }
            _ = locks.waiting.visit(conflictingWith: lock) { mark in
                guard !kin.includes(mark.session) else { return false }
                if mayBlock { blocked.insert(mark.position) }
                noteSlots(of: mark.position, in: locks)
                return false
            }
        }
    }

    private mutating func noteSlots(of position: Position, in locks: Locks) {
        guard let request = locks.requests[position], request.locks.count > 1 else { return }
        freed += request.locks.filter { $0.mode == .slot }
    }

    /// A host's tasks take part from now on.
    private mutating func noteServed(_ host: String, in locks: Locks) {
        for request in locks.unstarted(on: host) {
            fresh.insert(request.position)
            stirred.append(request.session)
            for lock in request.locks {
                _ = locks.waiting.visit(conflictingWith: lock) { mark in
                    if mark.position > request.position { noteSlots(of: mark.position, in: locks) }
                    return false
                }
            }
        }
    }

    /// A host's tasks are about to step back.
    private mutating func noteAbandoned(_ host: String, in locks: Locks) {
        for request in locks.unstarted(on: host) { freed += request.locks }
    }

    /// A request that is new in the queue.
    mutating func consider(_ position: Position) {
        fresh.insert(position)
    }

    /// The first request in the queue that may be granted now; nil when all is settled.
    mutating func next(in locks: Locks) -> Request? {
        spread(in: locks)
        while let position = candidates.popLast() {
            guard !blocked.contains(position), let request = locks.requests[position], !locks.isDormant(request)
            else { continue }
            if locks.mayBeGranted(request) { return request }
        }
        blocked.removeAll(keepingCapacity: true)
        return nil
    }

    /// Those who hold a slot where none is left, and wait for something themselves.
    private mutating func stirHolders(in locks: Locks) {
        for path in Set(taken + freed.filter { $0.mode == .slot }.map(\.path)) where locks.lacksSlot(at: path, .task) {
            _ = locks.held.visit(slotsAt: path) { mark in
                let holder = locks.sessions[mark.session].id
                if locks.waits(holder, besides: 0) { stirred.append(holder) }
                return false
            }
        }
        taken.removeAll(keepingCapacity: true)
    }

    private mutating func spread(in locks: Locks) {
        stirHolders(in: locks)
        for lock in Set(freed) {
            _ = locks.waiting.visit(wantedBesides: lock) { mark in
                fresh.insert(mark.position)
                return false
            }
        }
        if !freed.isEmpty { noteDisentangled(in: locks) }
        for session in Set(stirred).compactMap(locks.sessions.number) where locks.isAwaited(session) {
            for awaited in locks.awaited(by: session) {
                for position in locks.sessions[awaited].requests { fresh.insert(position) }
            }
            fresh.formUnion(locks.sessions[session].requests)
        }
        freed.removeAll(keepingCapacity: true)
        stirred.removeAll(keepingCapacity: true)
        guard !fresh.isEmpty else { return }
        candidates = fresh.union(candidates).sorted(by: >)
        fresh.removeAll(keepingCapacity: true)
    }
}
