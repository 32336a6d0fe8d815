import Events

/// Who asks, when it is judged whether he may have it.
struct Asker {
    /// The session's number, or that of the future parent of one that is still to be opened.
    var session: Int?
    /// True for one that is still to be opened: it has ancestors, but no descendants and no locks.
    var isNew: Bool
    /// His place in the queue.
    var position: Position
}

extension Asker {
    /// A task that has no session yet: related to nobody, behind everybody.
    static let task = Asker(session: nil, isNew: true, position: .max)
}

extension Locks {
    func asker(of request: Request) -> Asker {
        Asker(session: sessions.number(of: request.session), isNew: false, position: request.position)
    }

    /// True while a request for `locks` has to wait: for a lock that is held, or for an earlier request.
    ///
    /// First in, first out, but for an earlier request that itself waits for the asker: to stand behind it would be to
    /// stand for ever. Judged anew at every change.
    func isHeldBack(_ locks: [Lock], of asker: Asker) -> Bool {
        if visitHolders(inTheWayOf: locks, of: asker, { _, _ in true }) { return true }
        var precedence = Precedence(kin: kin(of: asker))
        return visitEarlier(inTheWayOf: locks, of: asker, &precedence) { _ in true }
    }

    /// May `request`, which is in the queue, be granted now?
    func mayBeGranted(_ request: Request) -> Bool {
        !isHeldBack(request.locks, of: asker(of: request)) && (!entangled.contains(request.session) || isSafe(request))
    }

    /// False for a grant after which nobody could get through: it is not made yet. Only where the session waits for
    /// something else too; else it ends with what it has, and gives it back.
    func isSafe(_ request: Request) -> Bool {
        let reduction = Reduction(self, asker(of: request), .nothing(granted: request))
        return reduction.remainder() == nil
    }

    /// Who is in the way, in the order of paths, tokens before queue places.
    func blockers(of locks: [Lock], asker: Asker) -> [Blocker] {
        var found: Set<Blocker> = []
        var precedence = Precedence(kin: kin(of: asker))
        _ = visitHolders(inTheWayOf: locks, of: asker) { _, mark in
            found.insert(Blocker(mark, sessions[mark.session].id, .held))
            return false
        }
        _ = visitEarlier(inTheWayOf: locks, of: asker, &precedence) { mark in
            found.insert(Blocker(mark, sessions[mark.session].id, .queued))
            return false
        }
        return found.sorted { ($0.kind.rawValue, $0.path, $0.position) < ($1.kind.rawValue, $1.path, $1.position) }
    }

    /// Shows `body` each lock of `locks` with a held one in its way, until it answers true: those that conflict, and
    /// where no slot is left all who hold one.
    func visitHolders(inTheWayOf locks: [Lock], of asker: Asker, _ body: (Lock, Mark) -> Bool) -> Bool {
        let kin = kin(of: asker)
        for lock in locks {
            if held.visit(conflictingWith: lock, { !kin.includes($0.session) && body(lock, $0) }) { return true }
            guard lock.mode == .slot, !isServed(at: lock.path, asker), lacksSlot(at: lock.path, asker) else { continue }
            if held.visit(slotsAt: lock.path, { !kin.includes($0.session) && body(lock, $0) }) { return true }
        }
        return false
    }

    /// Shows `body` the earlier requests that go first, until it answers true.
    private func visitEarlier(
        inTheWayOf locks: [Lock], of asker: Asker, _ known: inout Precedence, _ body: (Mark) -> Bool
    ) -> Bool {
        for lock in locks where waiting.visit(conflictingWith: lock, { precedes($0, asker, &known) && body($0) }) {
            return true
        }
        for lock in locks where lock.mode == .slot && visitEarlierSlots(lock, of: asker, &known, body) { return true }
        return false
    }

    /// An earlier request holds back a later slot only when slots are all it lacks: three tasks that wait for a busy app
    /// must not occupy all slots. And only while there are not enough for both.
    private func visitEarlierSlots(
        _ lock: Lock, of asker: Asker, _ known: inout Precedence, _ body: (Mark) -> Bool
    ) -> Bool {
        guard !isServed(at: lock.path, asker) else { return false }
        var before: [Mark] = []
        _ = waiting.visit(slotsAt: lock.path) { mark in
            if precedes(mark, asker, &known), let request = requests[mark.position],
                !isServed(at: lock.path, self.asker(of: request)), lacksSlotsOnly(request, &known)
            {
                before.append(mark)
            }
            return false
        }
        guard !before.isEmpty, lacksSlot(at: lock.path, asker, behind: before.count) else { return false }
        return before.contains(where: body)
    }

    private func lacksSlotsOnly(_ request: Request, _ known: inout Precedence) -> Bool {
        if let answer = known.lacksSlotsOnly[request.position] { return answer }
        let asker = asker(of: request)
        let kin = kin(of: asker)
        var precedence = Precedence(kin: kin)
        let answer = !request.locks.contains { lock in
            held.visit(conflictingWith: lock) { !kin.includes($0.session) }
                || waiting.visit(conflictingWith: lock) { precedes($0, asker, &precedence) }
        }
        known.lacksSlotsOnly[request.position] = answer
        return answer
    }

    /// What was found out about the queue in one judgement.
    private struct Precedence {
        /// Of the asker: looked up once, not for each one in line.
        let kin: Kin
        var isAwaited: Bool?
        var passes: [Position: Bool] = [:]
        /// From whom no way leads to the asker: each is gone on from once, however many are in line.
        var strangers = Walk()
        var lacksSlotsOnly: [Position: Bool] = [:]
    }

    /// True when the queued request at `mark` goes before the asker's.
    private func precedes(_ mark: Mark, _ asker: Asker, _ known: inout Precedence) -> Bool {
        guard mark.position < asker.position, !known.kin.includes(mark.session) else { return false }
        guard let session = asker.session else { return true }
        if known.isAwaited == nil { known.isAwaited = isAwaited(session) }
        guard known.isAwaited == true else { return true }
        if let passes = known.passes[mark.position] { return !passes }
        let passes = waits(mark.session, for: session, besides: &known.strangers)
        known.passes[mark.position] = passes
        return !passes
    }

    /// With whom `asker` never conflicts.
    func kin(of asker: Asker) -> Kin {
        guard let session = asker.session else { return Kin() }
        guard !ancestry.parents.isEmpty else { return Kin(session: session) }
        let id = sessions[session].id
        guard ancestry.parents[id] != nil || ancestry.children[id] != nil else { return Kin(session: session) }
        return Kin(session: session, family: Kin.Family(id, isNew: asker.isNew, ancestry, sessions))
    }
}

/// A session with its ancestors and descendants. Closures that only need this do not copy all locks.
struct Kin {
    /// What has to be looked up where it has any. A class: most have none, and are copied all the time.
    final class Family {
        let id: SessionID
        let isNew: Bool
        let ancestry: Ancestry
        let sessions: Sessions

        init(_ id: SessionID, isNew: Bool, _ ancestry: Ancestry, _ sessions: Sessions) {
            self.id = id
            self.isNew = isNew
            self.ancestry = ancestry
            self.sessions = sessions
        }
    }

    var session: Int?
    var family: Family?

    func includes(_ other: Int) -> Bool {
        if session == other { return true }
        guard let family else { return false }
        let id = family.sessions[other].id
        return family.ancestry.isAncestor(id, of: family.id)
            || (!family.isNew && family.ancestry.isAncestor(family.id, of: id))
    }
}

extension Blocker {
    fileprivate init(_ mark: Mark, _ session: SessionID, _ kind: Kind) {
        self.init(session: session, path: mark.path, kind: kind, position: mark.position)
    }
}
