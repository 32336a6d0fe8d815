import Events

/// Who asks, when it is judged whether he may have it.
struct Asker {
    /// The session, or the future parent of one that is still to be opened.
    var session: SessionID?
    /// True for one that is still to be opened: it has ancestors, but no descendants and no locks.
    var isNew: Bool
    /// His place in the queue.
    var position: Position
}

extension Locks {
    /// True while a request for `locks` has to wait: for a lock that is held, or for an earlier request.
    ///
    /// First in, first out, but for an earlier request that itself waits for the asker: to stand behind it would be to
    /// stand for ever. Judged anew at every change.
    func isHeldBack(_ locks: [Lock], of asker: Asker) -> Bool {
        for lock in locks where held.visit(conflictingWith: lock, { !isRelated($0.session, asker) }) { return true }
        var precedence = Precedence()
        for lock in locks where waiting.visit(conflictingWith: lock, { precedes($0, asker, &precedence) }) {
            return true
        }
        return false
    }

    /// May `request` be granted now? A grant after which the reduction leaves a remainder (deadlock) is to be held back
    /// here as well.
    func mayBeGranted(_ request: Request) -> Bool {
        !isHeldBack(
            request.locks, of: Asker(session: request.session, isNew: false, position: request.position))
    }

    /// Who is in the way, in the order of paths, tokens before queue places.
    func blockers(of locks: [Lock], asker: Asker) -> [Blocker] {
        var found: Set<Blocker> = []
        var precedence = Precedence()
        for lock in locks {
            _ = held.visit(conflictingWith: lock) { mark in
                if !isRelated(mark.session, asker) { found.insert(Blocker(mark, .held)) }
                return false
            }
            _ = waiting.visit(conflictingWith: lock) { mark in
                if precedes(mark, asker, &precedence) { found.insert(Blocker(mark, .queued)) }
                return false
            }
        }
        return found.sorted { ($0.kind.rawValue, $0.path, $0.position) < ($1.kind.rawValue, $1.path, $1.position) }
    }

    /// What was found out about the queue in one judgement.
    private struct Precedence {
        var isAwaited: Bool?
        var passes: [Position: Bool] = [:]
    }

    /// True when the queued request at `mark` goes before the asker's.
    private func precedes(_ mark: Mark, _ asker: Asker, _ known: inout Precedence) -> Bool {
        guard mark.position < asker.position, !isRelated(mark.session, asker) else { return false }
        guard let session = asker.session else { return true }
        if known.isAwaited == nil { known.isAwaited = isAwaited(session) }
        guard known.isAwaited == true, let earlier = requests[mark.position] else { return true }
        if let passes = known.passes[mark.position] { return !passes }
        let passes = waits(earlier, for: session)
        known.passes[mark.position] = passes
        return !passes
    }

    private func isRelated(_ session: SessionID, _ asker: Asker) -> Bool {
        guard let other = asker.session else { return false }
        guard asker.isNew else { return isRelated(session, other) }
        return session == other || ancestry.isAncestor(session, of: other)
    }
}

extension Blocker {
    fileprivate init(_ mark: Mark, _ kind: Kind) {
        self.init(session: mark.session, path: mark.path, kind: kind, position: mark.position)
    }
}
