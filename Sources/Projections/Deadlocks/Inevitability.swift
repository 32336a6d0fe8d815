import Events

/// Whether a deadlock that was refused was inevitable at an earlier moment: with what everybody wanted in the end, would
/// the refused one have waited for ever in the state of then?
///
/// Without a death or a break it would: what is held then is given back only by who ends, and who wants something does not
/// end before he has it. (design §4; "Inevitable since" is the earliest position from which this is so up to the refusal.)
///
/// The ring need not be the one that was refused: what was wanted in the end may have been in vain first behind others.
public struct Inevitability: Sendable {
    private let refused: LockRefused
    /// Of the refused state, in the order of their opening: those who want something, and their ancestors.
    private let sessions: [Session]
    /// Their recorded ancestors, nearest first, ended ones too: at an earlier moment those may have lived.
    private let ancestors: [SessionID: [SessionID]]
    /// The queue, and what was refused if it was never in it.
    private let requests: [Request]
    /// Of the refused one, where a wait was refused.
    private let wait: Await?
    private let upcoming: [TaskID: [Lock]]

    /// `platform` is the state before the refusal.
    public init(_ deadlock: RefusedDeadlock, before platform: Platform) {
        let locks = platform.locks
        refused = deadlock.refused
        let wish = deadlock.refused.request.flatMap { id in
            // One that is in the queue was refused later than it was made.
            locks.request(id) != nil
                ? nil
                : Request(
                    position: deadlock.position, id: id, session: deadlock.refused.session,
                    locks: deadlock.refused.locks, since: deadlock.at, reason: nil, deadline: nil, waiter: nil)
        }
        requests = locks.queue + [wish].compactMap(\.self)
        wait = deadlock.refused.task.map { Await(task: $0, since: deadlock.at) }
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
        if let wait { overlay(wait, of: refused.session, on: &locks) }
        let asker = Asker(session: locks.sessions.number(of: refused.session), isNew: false, position: .max)
        return Reduction(locks, asker, .nothing(granted: nil)).waitsForEver()
    }

    private func overlay(_ session: Session, on locks: inout Locks) {
        if locks.sessions[session.id] == nil {
            let parent = ancestors[session.id]?.first { locks.sessions[$0] != nil }
            _ = locks.insert(session.emptied(under: parent))
        }
        for wait in session.awaits { overlay(wait, of: session.id, on: &locks) }
    }

    private func overlay(_ wait: Await, of session: SessionID, on locks: inout Locks) {
        guard !locks.isAwaiting(wait.task, session) else { return }
        locks.sessions.change(session) { $0.awaits.append(wait) }
        locks.awaiting[wait.task, default: []].insert(session)
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
