public import Events

/// A deadlock that was refused, as the log tells it.
public struct RefusedDeadlock: Sendable {
    /// Of `lock.refused`.
    public let position: Position
    /// The time of the refusal.
    public let at: Timestamp
    /// What was refused, with the ring.
    public internal(set) var refused: LockRefused
    /// The earliest position from which, at every one up to the refusal, the state of then with what everybody wanted at
    /// the refusal left the refused one stuck; where somebody has looked.
    public var inevitableSince: Position?

    /// Nil for an event of another type.
    public init?(_ fact: Fact) {
        guard case .lockRefused(let refused) = fact.event else { return nil }
        position = fact.position
        at = fact.at
        self.refused = refused
    }
}

/// What `deadlock list` shows.
public func view(of deadlocks: [RefusedDeadlock], for viewer: Viewer) -> View {
    View(rows: deadlocks, deadlockFields, for: viewer)
}

/// What who is refused is told.
public func view(of refused: LockRefused, for viewer: Viewer) -> View {
    View(refused, refusedFields, for: viewer)
}

/// What `deadlock show` shows.
public func view(of story: DeadlockStory, for viewer: Viewer) -> View {
    View(story, storyFields, for: viewer)
}
