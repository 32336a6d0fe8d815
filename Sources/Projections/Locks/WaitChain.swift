public import Events

/// One who waits, or the last one, who does not.
public struct WaitLink: Sendable {
    /// Who.
    public let session: Session
    /// What it holds that the one before it wants; of the first what the question was about, if it holds that.
    public internal(set) var holds: HeldLock?
    /// What it waits for with a request: who is in the way, the one that is followed first.
    public internal(set) var behind: [Blocker] = []
    /// Since when its request is in the queue.
    public internal(set) var since: Timestamp?
    /// What it said the request is for.
    public internal(set) var reason: String?
    /// The task whose end it awaits.
    public internal(set) var task: TaskID?
    /// The child that it waits for: the next in the chain.
    public internal(set) var child: SessionID?
    /// True for a task that nobody could start now: no runner serves its host.
    public internal(set) var lacksRunner = false
    /// How the task stands that it is, when it is one.
    public let record: TaskRecord?

    /// True when it waits for nothing: the end of a chain.
    public var isLast: Bool { behind.isEmpty && task == nil && child == nil }
}

/// Who waits for whom, from one on to the end: the first obstacle of each is followed.
extension Platform {
    /// From a session on. A chain that comes back to itself ends there.
    public func chain(from id: SessionID) -> [WaitLink] {
        var links: [WaitLink] = []
        var seen: Set<SessionID> = []
        var next: (session: SessionID, held: Blocker?)? = (id, nil)
        while let (id, held) = next, seen.insert(id).inserted, let session = locks.session(id) {
            var link = WaitLink(
                session: session, holds: held.flatMap(holding), record: session.task.flatMap { tasks.task($0) })
            link.lacksRunner = locks.hostOfUnstartedTask(id).map { tasks.runner(on: $0) == nil } ?? false
            next = fill(&link)
            links.append(link)
        }
        return links
    }

    /// From everybody on who holds something on, above or below a path, in the order of paths; where nobody does, from
    /// the first on who waits for it.
    public func chains(from path: LockPath) -> [[WaitLink]] {
        let blockers = locks.blockers(of: [Lock(path, .exclusive)], asker: .task)
        let held = blockers.filter { $0.kind == .held }
        let first = blockers.filter { $0.kind == .queued }.min { $0.position < $1.position }
        return (held.isEmpty ? first.map { [$0] } ?? [] : held).map { blocker in
            var links = chain(from: blocker.session)
            if !links.isEmpty { links[0].holds = holding(blocker) }
            return links
        }
    }

    private func fill(_ link: inout WaitLink) -> (SessionID, Blocker?)? {
        let session = link.session
        if let request = locks.requests(of: session.id).first {
            link.behind = locks.blockers(of: request)
            (link.since, link.reason) = (request.since, request.reason)
            if let first = link.behind.first { return (first.session, first) }
        }
        if let wait = session.awaits.first {
            (link.task, link.since) = (wait.task, wait.since)
            // One whose time has not come has no session yet.
            return locks.session(of: wait.task).map { ($0.id, nil) }
        }
        // Of its children the one that waits: the others may end at any time.
        let children = locks.children(of: session.id)
        guard let child = children.first(where: { isWaiting($0) }) else { return nil }
        link.child = child.id
        return (child.id, nil)
    }

    private func isWaiting(_ session: Session) -> Bool {
        !session.requests.isEmpty || !session.awaits.isEmpty
            || locks.children(of: session.id).contains(where: isWaiting)
    }

    private func holding(_ blocker: Blocker) -> HeldLock? {
        guard blocker.kind == .held, let grant = locks.grant(blocker.position),
            let lock = grant.locks.first(where: { $0.path == blocker.path })
        else { return nil }
        return HeldLock(lock: lock, grant: grant, holder: locks.session(grant.session).map(HolderRecord.init))
    }
}
