import Events

/// What one transaction changed so far: where requests may have become grantable. Looking only there keeps a release as
/// cheap among ten thousand other locks as alone.
struct Unsettled: Sendable {
    /// Locks that nobody holds, or asks for, any more.
    private var freed: [Lock] = []
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
            if let position = locks.positions[data.request] { freed += locks.requests[position]?.locks ?? [] }
        case .lockRequested(let data): stirred.append(data.session)
        case .lockGranted(let data): noteGranted(data, in: locks)
        case .runnerRegistered(let data): noteServed(data.host, in: locks)
        case .runnerRetired(let data):
            if let host = tasks.runner(data.runner)?.host { noteAbandoned(host, in: locks) }
        default: break
        }
    }

    /// Whoever the new holder is in the way of need not be looked at again.
    private mutating func noteGranted(_ data: LockGranted, in locks: Locks) {
        stirred.append(data.session)
        guard !candidates.isEmpty else { return }
        for lock in data.locks {
            _ = locks.waiting.visit(conflictingWith: lock) { mark in
                if !locks.isRelated(mark.session, data.session) { blocked.insert(mark.position) }
                return false
            }
        }
    }

    /// A host's tasks take part from now on.
    private mutating func noteServed(_ host: String, in locks: Locks) {
        for request in locks.unstarted(on: host) {
            fresh.insert(request.position)
            stirred.append(request.session)
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

    private mutating func spread(in locks: Locks) {
        for lock in freed {
            _ = locks.waiting.visit(conflictingWith: lock) { mark in
                fresh.insert(mark.position)
                return false
            }
        }
        for session in stirred where locks.isAwaited(session) {
            for awaited in locks.awaited(by: session) {
                fresh.formUnion(locks.sessions[awaited]?.requests ?? [])
            }
            fresh.formUnion(locks.sessions[session]?.requests ?? [])
        }
        freed.removeAll(keepingCapacity: true)
        stirred.removeAll(keepingCapacity: true)
        guard !fresh.isEmpty else { return }
        candidates = fresh.union(candidates).sorted(by: >)
        fresh.removeAll(keepingCapacity: true)
    }
}
