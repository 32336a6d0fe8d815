/// `lock.refused`: a request, or a wait for a task, that would never have ended.
public struct LockRefused: EventData {
    /// Why: there is one cause.
    public enum Cause: String, Sendable {
        case deadlock
    }

    /// The request that is refused; absent for a wait.
    public var request: RequestID?
    /// Who asked.
    public var session: SessionID
    /// What was asked for; for a wait what the task was going to ask for, if it was to be queued with it.
    public var locks: [Lock]
    /// The task that was to be waited for; absent for a request.
    public var task: TaskID?
    /// Why.
    public var cause: Cause
    /// Each party wants what the next one holds, the last what the first holds. The first is the refused one.
    public var cycle: [DeadlockParty]

    /// A refused request.
    public init(request: RequestID, session: SessionID, locks: [Lock], cycle: [DeadlockParty]) {
        self.request = request
        self.session = session
        self.locks = locks
        cause = .deadlock
        self.cycle = cycle
    }

    /// A refused wait; `locks` are those of a task that was to be queued with it, and never is.
    public init(session: SessionID, task: TaskID, locks: [Lock] = [], cycle: [DeadlockParty]) {
        self.session = session
        self.locks = locks
        self.task = task
        cause = .deadlock
        self.cycle = cycle
    }

    /// Throws where `cause`, `cycle` or `session` is missing, and for a cause that this program does not know.
    public init(from reader: inout JSONReader) throws(JSONError) {
        cause = try reader.choice("cause")
        guard try reader.find("cycle") else { throw reader.error("field 'cycle' is missing") }
        cycle = try reader.array { reader throws(JSONError) in
            try reader.object { fields throws(JSONError) in try DeadlockParty(from: &fields) }
        }
        locks = try reader.optionalLocks("locks")
        request = try reader.optionalString("request").map(RequestID.init)
        session = SessionID(try reader.string("session"))
        task = try reader.optionalString("task").map(TaskID.init)
    }

    /// Ascending; what is nil or empty is left out.
    public func write(to writer: inout JSONWriter) {
        writer.field("cause", cause.rawValue)
        writer.key("cycle")
        writer.array(cycle) { writer, party in writer.object { party.write(to: &$0) } }
        if !locks.isEmpty { writer.field("locks", locks) }
        writer.field("request", request?.text)
        writer.field("session", session.text)
        writer.field("task", task?.text)
    }

    /// Without the names and reasons in `cycle`.
    public var redacted: Self {
        var rest = self
        rest.cycle = cycle.map(\.redacted)
        return rest
    }
}

/// One party of a deadlock: a session with its descendants, or a task that has no session yet. Written down as it was
/// then, so that nobody has to replay to know who it was.
public struct DeadlockParty: Sendable, Equatable {
    /// The lock that the party before this one wants.
    public struct Holding: Sendable, Equatable {
        /// Where, and how.
        public var lock: Lock
        /// Of the grant.
        public var token: Position
        /// The time of the grant.
        public var since: Timestamp
        /// What it was asked for.
        public var reason: String?

        /// A lock of a grant that stands.
        public init(lock: Lock, token: Position, since: Timestamp, reason: String?) {
            self.lock = lock
            self.token = token
            self.since = since
            self.reason = reason
        }
    }

    /// What it cannot get.
    public enum Want: Sendable, Equatable {
        /// A lock, by the request at `position`.
        case lock(Lock, position: Position, reason: String?)
        /// A task's end.
        case task(TaskID)
    }

    /// Who the session is.
    public struct Holder: Sendable, Equatable {
        /// Where it runs.
        public var host: String?
        /// What a person called it; for a task its type.
        public var label: String?
        /// Its process; not known of a task that has not started.
        public var pid: Int?
        /// The program's name.
        public var program: String?
        /// The task, when it is one.
        public var task: TaskID?
        /// As whom it runs.
        public var user: String?

        /// As its session's opening told; nothing is known of a task without a session but its id.
        public init(
            host: String? = nil, label: String? = nil, pid: Int? = nil, program: String? = nil, task: TaskID? = nil,
            user: String? = nil
        ) {
            self.host = host
            self.label = label
            self.pid = pid
            self.program = program
            self.task = task
            self.user = user
        }
    }

    /// The one that holds, above the one that wants; absent for a task that has none.
    public var session: SessionID?
    /// Who that is.
    public var holder: Holder
    /// Absent for a task that is only waited for.
    public var holds: Holding?
    /// What it waits for.
    public var wants: Want
    /// Since when it wants that.
    public var since: Timestamp

    /// A party as the machine found it.
    public init(session: SessionID?, holder: Holder, holds: Holding?, wants: Want, since: Timestamp) {
        self.session = session
        self.holder = holder
        self.holds = holds
        self.wants = wants
        self.since = since
    }
}
