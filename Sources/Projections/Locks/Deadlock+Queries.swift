public import Events

/// What waiters ask from time to time: slots may have become fewer, or a slot's owner has died.
extension Locks {
    /// True for a request in the queue that would never be granted, whoever ends first.
    public func waitsForEver(_ request: Request) -> Bool {
        waitsForEver(asker(of: request), .queued(request))
    }

    /// True for a session that waits for a task's end in vain.
    public func waitsForEver(_ session: SessionID) -> Bool {
        waitsForEver(
            Asker(session: sessions.number(of: session), isNew: false, position: .max), .nothing(granted: nil))
    }

    private func waitsForEver(_ asker: Asker, _ demand: Reduction.Demand) -> Bool {
        guard let session = asker.session, isAwaited(session) else { return false }
        let reduction = Reduction(self, asker, demand)
        return reduction.remainder() != nil
    }
}
