public import Events

/// What views and waiters ask.
extension Locks {
    /// The living session of that id.
    public func session(_ id: SessionID) -> Session? { sessions[id] }

    /// The living session of a task.
    public func session(of task: TaskID) -> Session? { taskSessions[task].flatMap { sessions[$0] } }

    /// The living session that is `process`.
    public func session(of process: ProcessID) -> Session? { processes[process].flatMap { sessions[$0] } }

    /// Living sessions in the order of their opening; of one host when it is named.
    public func sessions(on host: String? = nil) -> [Session] {
        sessions.values.filter { host == nil || $0.host == host }.sorted { $0.position < $1.position }
    }

    /// Living children, those of ended children included, in the order of their opening.
    public func children(of session: SessionID) -> [Session] {
        var found: [Session] = []
        for child in ancestry.children[session] ?? [] {
            if let living = sessions[child] { found.append(living) } else { found += children(of: child) }
        }
        return found.sorted { $0.position < $1.position }
    }

    /// Recorded ancestors, nearest first, ended ones included.
    public func ancestors(of session: SessionID) -> [SessionID] { ancestry.ancestors(of: session) }

    /// `session` while it lives, else its nearest living recorded ancestor, as far as it is still recorded here.
    public func nearestLiving(_ session: SessionID) -> SessionID? {
        if sessions.contains(session) { return session }
        return ancestry.ancestors(of: session).first { sessions.contains($0) }
    }

    /// The grants of a session, in order.
    public func grants(of session: SessionID) -> [Grant] {
        sessions[session]?.tokens.compactMap(grant) ?? []
    }

    /// The queued requests of a session, in order.
    public func requests(of session: SessionID) -> [Request] {
        sessions[session]?.requests.compactMap { requests[$0] } ?? []
    }

    /// The grant of that token, while it stands.
    public func grant(_ token: Position) -> Grant? { grants[token] ?? held.storedRow(of: token).flatMap(storedGrant) }

    /// Of what was left as it was stored.
    func storedGrant(_ row: Int) -> Grant? {
        held.stored.grant(ofRow: row, of: sessions[held.stored.session(ofRow: row)].id)
    }

    /// All grants that stand, by token.
    public var standing: [Grant] {
        (held.storedRows.compactMap(storedGrant) + grants.values).sorted { $0.token < $1.token }
    }

    /// True while a request of that id is in the queue, or its grant stands.
    func isKnown(_ request: RequestID) -> Bool { positions[request] != nil || held.storedRow(of: request) != nil }

    /// The request of that id while it is in the queue.
    public func request(_ id: RequestID) -> Request? { positions[id].flatMap { requests[$0] } }

    /// The grant of that request, while it stands.
    public func grant(of request: RequestID) -> Grant? {
        positions[request].flatMap { grants[$0] } ?? held.storedRow(of: request).flatMap(storedGrant)
    }

    /// All requests, in queue order.
    public var queue: [Request] { requests.values.sorted { $0.position < $1.position } }

    /// True while the grant of `token` stands and covers `path`.
    public func stands(_ token: Position, on path: LockPath) -> Bool {
        grant(token)?.locks.contains { $0.path.covers(path) } ?? false
    }

    /// True for the request of a task that no runner could start now.
    public func isDormant(_ request: Request) -> Bool {
        guard !dormant.isEmpty, let host = sessions[request.session]?.host else { return false }
        return dormant[host]?.contains(request.position) ?? false
    }

    /// Who is in the way of a queued request; of one of its locks when that is named.
    public func blockers(of request: Request, on lock: Lock? = nil) -> [Blocker] {
        blockers(
            of: lock.map { [$0] } ?? request.locks,
            asker: asker(of: request))
    }

    /// How many requests are before this one: 0 for the first in the queue.
    public func place(of request: Request) -> Int {
        requests.keys.reduce(0) { $1 < request.position ? $0 + 1 : $0 }
    }

    /// Whom a request in the queue stands right behind: found without a walk through the graph, and without judging who goes
    /// first. Where each looks after these, all are looked after.
    public func neighbours(of request: Request) -> Neighbours {
        let asker = asker(of: request)
        let kin = kin(of: asker)
        var neighbours = Neighbours()
        var last: Mark?
        for lock in request.locks {
            _ = waiting.visit(conflictingWith: lock) { mark in
                guard mark.position < request.position, !kin.includes(mark.session) else { return false }
                neighbours.line += 1
                if mark.position > last?.position ?? 0 { last = mark }
                return false
            }
        }
        if let last {
            neighbours.sessions = [sessions[last.session]]
            neighbours.requests = requests[last.position].map { [$0] } ?? []
            return neighbours
        }
        var holders: Set<Int> = []
        _ = visitHolders(inTheWayOf: request.locks, of: asker) { _, mark in
            holders.insert(mark.session)
            return false
        }
        neighbours.sessions = holders.map { sessions[$0] }
        return neighbours
    }

    /// All whose end would matter to who waits with `request`: whoever is in its way, and what they wait for. One walk for
    /// all: one from each who is in the way would cost the cube of their number.
    public func all(before request: Request) -> Neighbours {
        let sessions = awaited(by: request)
        return Neighbours(
            sessions: sessions,
            requests: blockers(of: request).filter { $0.kind == .queued }
                .flatMap { requests(of: $0.session) }, line: sessions.count)
    }

    /// The sessions that `request` waits for, through the graph.
    public func awaited(by request: Request) -> [Session] {
        guard let asker = sessions.number(of: request.session) else { return [] }
        return awaited(by: asker).filter { $0 != asker }.map { sessions[$0] }.sorted { $0.position < $1.position }
    }

    /// Requests whose deadline is past and that are in the way of `request`: it may withdraw them.
    public func expired(before request: Request, at now: Timestamp) -> [Request] {
        blockers(of: request).filter { $0.kind == .queued }.compactMap { requests[$0.position] }
            .filter { $0.deadline.map { $0 < now } ?? false }
    }
}

/// Those before one who waits, whom it looks after.
public struct Neighbours: Sendable {
    /// Who may have died.
    public internal(set) var sessions: [Session] = []
    /// What may have been abandoned by whoever asked for it.
    public var requests: [Request] = []
    /// How many stand in line before it.
    public internal(set) var line = 0
}
