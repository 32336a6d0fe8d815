import Events

/// Whether a deadlock that was refused was inevitable at an earlier moment: with what everybody wanted in the end, would
/// the refused one have waited for ever in the state of then?
///
/// Without a death or a break it would: what is held then is given back only by who ends, and who wants something does not
/// end before he has it. (design §4; "Inevitable since" is the earliest position from which this is so up to the refusal.)
public struct Inevitability: Sendable {
    private let refused: LockRefused
    private let position: Position
    private let at: Timestamp
    /// Of the refused state, in the order of their opening: those who want something, and their ancestors.
    private let sessions: [Session]
    /// Their recorded ancestors, nearest first, ended ones too: at an earlier moment those may have lived.
    private let ancestors: [SessionID: [SessionID]]
    private let requests: [Request]
    private let upcoming: [TaskID: [Lock]]

    /// `platform` is the state before the refusal.
    public init(_ deadlock: RefusedDeadlock, before platform: Platform) {
        let locks = platform.locks
        refused = deadlock.refused
        (position, at) = (deadlock.position, deadlock.at)
        requests = locks.queue
        let wanting = locks.sessions().filter { !$0.requests.isEmpty || !$0.awaits.isEmpty }.map(\.id)
        var named = Set(wanting + [deadlock.refused.session])
        for session in named { named.formUnion(locks.ancestors(of: session)) }
        sessions = locks.sessions().filter { named.contains($0.id) }
        ancestors = Dictionary(uniqueKeysWithValues: sessions.map { ($0.id, locks.ancestors(of: $0.id)) })
        var upcoming = locks.upcoming
        if let task = refused.task, !refused.locks.isEmpty { upcoming[task] = refused.locks }
        self.upcoming = upcoming
    }

    /// True when the refused one would have waited for ever in the state of `platform`, an earlier one of the same history.
    public func isThere(in platform: Platform) -> Bool {
        var locks = platform.locks
        for session in sessions { overlay(session, on: &locks) }
        for request in requests where !locks.isKnown(request.id) && locks.sessions[request.session] != nil {
            locks.insert(request)
        }
        for (task, wanted) in upcoming where locks.upcoming[task] == nil { locks.foresee(task, wanted) }
        let asker = Asker(session: locks.sessions.number(of: refused.session), isNew: false, position: position)
        return Reduction(locks, asker, demand(in: locks)).remainder() != nil
    }

    private func overlay(_ session: Session, on locks: inout Locks) {
        if locks.sessions[session.id] == nil {
            let parent = ancestors[session.id]?.first { locks.sessions[$0] != nil }
            _ = locks.insert(session.emptied(under: parent))
        }
        for wait in session.awaits where !locks.isAwaiting(wait.task, session.id) {
            locks.sessions.change(session.id) { $0.awaits.append(wait) }
            locks.awaiting[wait.task, default: []].insert(session.id)
        }
    }

    /// What was refused: a request that is in the queue by now was refused later than it was made.
    private func demand(in locks: Locks) -> Reduction.Demand {
        if let task = refused.task { return .task(task) }
        if let request = refused.request.flatMap({ locks.request($0) }) { return .queued(request) }
        return .locks(refused.locks)
    }
}

extension Session {
    /// The same one with nothing held and nothing asked for.
    fileprivate func emptied(under parent: SessionID?) -> Session {
        Session(
            SessionOpened(
                session: id, parent: parent, host: host, user: user, label: label, task: task, process: process,
                program: program), position: position, at: openedAt)
    }
}
