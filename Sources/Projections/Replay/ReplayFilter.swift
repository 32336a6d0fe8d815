public import Events

/// What narrows a walk through the history.
public enum ReplayFilter: Sendable, Equatable {
    /// Locks on, above or below a path.
    case path(LockPath)
    /// A task, and its session.
    case task(TaskID)
    /// A session.
    case session(SessionID)

    /// True for an event that is about it.
    public func lets(_ subject: ReplaySubject) -> Bool {
        switch self {
        case .path(let path): subject.locks.contains { $0.path.overlaps(path) }
        case .task(let task): subject.tasks.contains(task)
        case .session(let session): subject.sessions.contains(session)
        }
    }
}
