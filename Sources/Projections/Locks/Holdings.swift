public import Events

/// One living session: a process that may hold locks, or a task that is going to be one.
public struct Session: Sendable, Equatable {
    /// What it is called in every event.
    public let id: SessionID
    /// Where it was opened.
    public let position: Position
    /// The session it was opened under; never changes.
    public let parent: SessionID?
    /// The host whose process it is.
    public let host: String
    /// The system user it runs as.
    public let user: String
    /// What a person called it.
    public let label: String?
    /// The task, when it is one.
    public let task: TaskID?
    /// The program's name, never its arguments.
    public let program: String?
    /// By the database's clock.
    public let openedAt: Timestamp
    /// True when it closes with its last lock, request, child and registration.
    public let closesWhenIdle: Bool
    /// A task's session gets it when the task starts.
    public internal(set) var process: ProcessID?
    /// The tokens of its grants, in order.
    public internal(set) var tokens: [Position] = []
    /// The positions of its queued requests, in order.
    public internal(set) var requests: [Position] = []
    /// The tasks whose end it waits for, in the order in which it began.
    public internal(set) var awaits: [Await] = []

    init(_ data: SessionOpened, position: Position, at: Timestamp) {
        id = data.session
        self.position = position
        parent = data.parent
        host = data.host
        user = data.user
        label = data.label
        task = data.task
        program = data.program
        openedAt = at
        closesWhenIdle = data.closesWhenIdle
        process = data.process
    }
}

/// A wait for a task's end.
public struct Await: Sendable, Equatable {
    /// What is waited for.
    public let task: TaskID
    /// The time at which the wait began.
    public let since: Timestamp
}

/// What one request was given: it ends by itself, lock by lock or as a whole.
public struct Grant: Sendable, Equatable {
    /// The fencing token: the position of the grant.
    public let token: Position
    /// What asked for it.
    public let request: RequestID
    /// Who holds.
    public let session: SessionID
    /// Those that were not released yet.
    public internal(set) var locks: [Lock]
    /// The time of the grant.
    public let since: Timestamp
    /// What the holder said it is for.
    public let reason: String?
}

/// A request in the queue.
public struct Request: Sendable, Equatable {
    /// Its place in the queue.
    public let position: Position
    /// What it is called in every event.
    public let id: RequestID
    /// Who asks.
    public let session: SessionID
    /// The set, in its one form.
    public let locks: [Lock]
    /// The time of the request.
    public let since: Timestamp
    /// What the asker said it is for.
    public let reason: String?
    /// Database time after which others may withdraw it.
    public let deadline: Timestamp?
    /// The process that waits, where that is not the session's own.
    public let waiter: ProcessID?
}

/// Somebody in the way of a request.
public struct Blocker: Sendable, Hashable {
    /// A lock that is held, or an earlier request that goes first.
    public enum Kind: String, Sendable {
        case held, queued
    }

    /// Who is in the way.
    public let session: SessionID
    /// What the other one holds or asks for.
    public let path: LockPath
    /// By what.
    public let kind: Kind
    /// The token of a held lock, the position of a queued request.
    public let position: Position
}

extension [Lock] {
    /// The one form of a set: sorted by path, each path once; exclusive wins over shared.
    public var canonicalized: [Lock] {
        guard count > 1 else { return self }
        var result: [Lock] = []
        for lock in sorted(by: { ($0.path, $0.mode.strength) < ($1.path, $1.mode.strength) }) {
            if result.last?.path == lock.path, result.last?.mode != .slot, lock.mode != .slot { continue }
            if result.last == lock { continue }
            result.append(lock)
        }
        return result
    }
}

extension LockMode {
    /// The stronger one sorts first.
    fileprivate var strength: Int {
        switch self {
        case .exclusive: 0
        case .shared: 1
        case .slot: 2
        }
    }
}
