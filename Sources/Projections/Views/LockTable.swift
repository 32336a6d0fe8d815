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

/// What `lock list` shows.
public func view(of table: LockTable, for viewer: Viewer) -> View {
    View(
        json: show(
            table,
            [
                .everyone("position") { table, _ in .integer(table.position) },
                .everyone("held") { table, viewer in .array(table.held.map { show($0, heldFields, for: viewer) }) },
                .everyone("waiting") { table, viewer in
                    .array(table.waiting.map { show($0, waitingFields, for: viewer) })
                },
            ], for: viewer))
}

/// What `lock acquire` answers.
public func view(of acquired: Acquired, for viewer: Viewer) -> View {
    View(
        json: show(
            acquired,
            [
                .everyone("token") { acquired, _ in .integer(acquired.token) },
                .everyone("session") { acquired, _ in .string(acquired.session.text) },
                .everyone("locks") { acquired, _ in .locks(acquired.locks) },
            ], for: viewer))
}

/// What a session shows of itself where it holds or waits.
let holderFields: [Field<HolderRecord>] = [
    .everyone("host") { holder, _ in .string(holder.host) },
    .everyone("pid") { holder, _ in .known(holder.pid) },
    .everyone("user") { holder, _ in .string(holder.user) },
    .administrators("program") { holder, _ in .known(holder.program) },
    .administrators("label") { holder, _ in .known(holder.label) },
    .everyone("task") { holder, _ in .known(holder.task?.text) },
]

/// What is shown of somebody in the way.
let blockerFields: [Field<Blocker>] = [
    .everyone("session") { blocker, _ in .string(blocker.session.text) },
    .everyone("path") { blocker, _ in .string(blocker.path.text) },
    .everyone("kind") { blocker, _ in .string(blocker.kind.rawValue) },
]

private let heldFields: [Field<HeldLock>] = [
    .everyone("path") { held, _ in .string(held.lock.path.text) },
    .everyone("mode") { held, _ in .string(held.lock.mode.rawValue) },
    .everyone("session") { held, _ in .string(held.grant.session.text) },
    .everyone("token") { held, _ in .integer(held.grant.token) },
    .everyone("since") { held, _ in .known(held.grant.since) },
    .administrators("reason") { held, _ in .known(held.grant.reason) },
    .everyone("holder") { held, viewer in held.holder.map { show($0, holderFields, for: viewer) } },
]

private let waitingFields: [Field<WaitingLock>] = [
    .everyone("request") { waiting, _ in .string(waiting.request.id.text) },
    .everyone("path") { waiting, _ in .string(waiting.lock.path.text) },
    .everyone("mode") { waiting, _ in .string(waiting.lock.mode.rawValue) },
    .everyone("session") { waiting, _ in .string(waiting.request.session.text) },
    .everyone("since") { waiting, _ in .known(waiting.request.since) },
    .everyone("sincePosition") { waiting, _ in .integer(waiting.request.position) },
    .administrators("reason") { waiting, _ in .known(waiting.request.reason) },
    .everyone("behind") { waiting, viewer in .array(waiting.behind.map { show($0, blockerFields, for: viewer) }) },
    .everyone("holder") { waiting, viewer in waiting.holder.map { show($0, holderFields, for: viewer) } },
]

extension JSONValue {
    static func locks(_ locks: [Lock]) -> JSONValue {
        .array(
            locks.map {
                .fields(("path", .string($0.path.text)), ("mode", .string($0.mode.rawValue)))
            })
    }
}
