public import Events

/// Who a session is, for those who wait for it.
public struct HolderRecord: Sendable, Equatable {
    /// Where it runs.
    public let host: String
    /// As whom it runs.
    public let user: String
    /// Its process; not known of a task that has not started.
    public internal(set) var pid: Int?
    /// The program's name.
    public let program: String?
    /// What a person called it.
    public let label: String?
    /// The task, when it is one.
    public let task: TaskID?

    init(_ session: Session) {
        host = session.host
        user = session.user
        pid = session.process?.pid
        program = session.program
        label = session.label
        task = session.task
    }
}

/// One lock that is held.
public struct HeldLock: Sendable {
    /// Path and mode.
    public let lock: Lock
    /// The grant that it belongs to.
    public let grant: Grant
    /// Who holds.
    public let holder: HolderRecord?
}

/// One lock that a queued request asks for.
public struct WaitingLock: Sendable {
    /// Path and mode.
    public let lock: Lock
    /// The request that it belongs to.
    public let request: Request
    /// Who is in the way on this path.
    public let behind: [Blocker]
    /// Who asks.
    public let holder: HolderRecord?

    /// Its place among those who wait for this path: 1 for the first.
    public var place: Int { behind.count { $0.kind == .queued } + 1 }
}

/// All locks as they were at one position: held ones by path, then token; waiting ones by queue order, then path.
public struct LockTable: Sendable {
    /// The position that the table tells of.
    public let position: Position
    /// By path, then token.
    public let held: [HeldLock]
    /// By queue order, then path.
    public let waiting: [WaitingLock]

    /// The state of `locks`, folded up to `position`; no liveness in it, so that replay gives the same.
    public init(_ locks: Locks, at position: Position) {
        self.position = position
        held = locks.standing
            .flatMap { grant in
                let holder = locks.session(grant.session).map(HolderRecord.init)
                return grant.locks.map { HeldLock(lock: $0, grant: grant, holder: holder) }
            }
            .sorted { ($0.lock.path, $0.grant.token) < ($1.lock.path, $1.grant.token) }
        waiting = locks.queue.flatMap { request in
            let holder = locks.session(request.session).map(HolderRecord.init)
            return request.locks.map { lock in
                WaitingLock(
                    lock: lock, request: request, behind: locks.blockers(of: request, on: lock), holder: holder)
            }
        }
    }

    /// Who a session in this table is.
    public func holder(of session: SessionID) -> HolderRecord? {
        held.first { $0.grant.session == session }?.holder ?? waiting.first { $0.request.session == session }?.holder
    }
}

/// The answer of a request that was granted.
public struct Acquired: Sendable {
    /// The position of the grant.
    public let token: Position
    /// Who holds.
    public let session: SessionID
    /// What was granted.
    public let locks: [Lock]

    /// A grant as its holder was told of it.
    public init(token: Position, session: SessionID, locks: [Lock]) {
        self.token = token
        self.session = session
        self.locks = locks
    }
}
