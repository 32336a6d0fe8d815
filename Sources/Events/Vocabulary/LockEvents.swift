/// `lock.requested`: a set of locks is asked for, granted at once (in the same transaction) or queued as one.
public struct LockRequested: EventData {
    /// Made by whoever asks, so that it can be withdrawn.
    public var request: RequestID
    /// Who is to hold.
    public var session: SessionID
    /// The whole set, in its canonical form.
    public var locks: [Lock]
    /// What it is for, in the asker's words.
    public var reason: String?
    /// Database time after which others may withdraw it; the waiter itself goes by its own monotonic clock.
    public var deadline: Timestamp?
    /// The process that waits, where that is not the session's own.
    public var waiter: ProcessID?

    /// A request as the machine decided it; nothing is checked.
    public init(
        request: RequestID, session: SessionID, locks: [Lock], reason: String? = nil, deadline: Timestamp? = nil,
        waiter: ProcessID? = nil
    ) {
        self.request = request
        self.session = session
        self.locks = locks
        self.reason = reason
        self.deadline = deadline
        self.waiter = waiter
    }

    /// Throws where `locks`, `request` or `session` is missing, and for a deadline that is no time.
    public init(from reader: inout JSONReader) throws(JSONError) {
        deadline = try reader.optionalTime("deadline")
        locks = try reader.locks("locks")
        reason = try reader.optionalString("reason")
        request = RequestID(try reader.string("request"))
        session = SessionID(try reader.string("session"))
        waiter = try reader.process("waiter")
    }

    /// Ascending; what is nil is left out.
    public func write(to writer: inout JSONWriter) {
        writer.field("deadline", deadline?.description)
        writer.field("locks", locks)
        writer.field("reason", reason)
        writer.field("request", request.text)
        writer.field("session", session.text)
        writer.field("waiter", waiter)
    }

    /// Without `reason`.
    public var redacted: Self {
        var rest = self
        rest.reason = nil
        return rest
    }
}

/// `lock.granted`: all locks of a request at once. The event's position is the grant's fencing token.
public struct LockGranted: EventData {
    /// The request that is answered.
    public var request: RequestID
    /// Who holds.
    public var session: SessionID
    /// What is held from here on: the locks of the request.
    public var locks: [Lock]

    /// A grant as the machine decided it; nothing is checked.
    public init(request: RequestID, session: SessionID, locks: [Lock]) {
        self.request = request
        self.session = session
        self.locks = locks
    }

    /// Throws where a field is missing: there is no optional one.
    public init(from reader: inout JSONReader) throws(JSONError) {
        locks = try reader.locks("locks")
        request = RequestID(try reader.string("request"))
        session = SessionID(try reader.string("session"))
    }

    /// Ascending, always all fields.
    public func write(to writer: inout JSONWriter) {
        writer.field("locks", locks)
        writer.field("request", request.text)
        writer.field("session", session.text)
    }

    /// It has no texts.
    public var redacted: Self { self }
}

/// `lock.withdrawn`: a queued request ends without a grant.
public struct LockWithdrawn: EventData {
    /// Why it ended: its deadline, its asker, or the end of its session.
    public enum Cause: String, Sendable {
        case timedOut = "timed-out"
        case cancelled
        case sessionEnded = "session-ended"
    }

    /// The request that is queued no more.
    public var request: RequestID
    /// Who asked.
    public var session: SessionID
    /// Why.
    public var cause: Cause

    /// A withdrawal as the machine decided it; nothing is checked.
    public init(request: RequestID, session: SessionID, cause: Cause) {
        self.request = request
        self.session = session
        self.cause = cause
    }

    /// Throws where a field is missing, and for a cause that this program does not know.
    public init(from reader: inout JSONReader) throws(JSONError) {
        cause = try reader.choice("cause")
        request = RequestID(try reader.string("request"))
        session = SessionID(try reader.string("session"))
    }

    /// Ascending, always all fields.
    public func write(to writer: inout JSONWriter) {
        writer.field("cause", cause.rawValue)
        writer.field("request", request.text)
        writer.field("session", session.text)
    }

    /// It has no texts.
    public var redacted: Self { self }
}

/// `lock.released`: a grant ends, or some of its locks do; never by a clock alone.
public struct LockReleased: EventData {
    /// Why it ended: given back, ended with its session, or broken by an operator.
    public enum Cause: String, Sendable {
        case released, broken
        case sessionEnded = "session-ended"
    }

    /// Who held.
    public var session: SessionID
    /// What is free again; less than the grant where the rest stands.
    public var locks: [Lock]
    /// The position of the grant that these locks belong to.
    public var token: Position
    /// Why.
    public var cause: Cause
    /// Who broke the lock, and why; only with `broken`.
    public var by: String?
    /// Why it was broken; only with `broken`.
    public var reason: String?

    /// A release as the machine decided it; nothing is checked.
    public init(
        session: SessionID, locks: [Lock], token: Position, cause: Cause, by: String? = nil, reason: String? = nil
    ) {
        self.session = session
        self.locks = locks
        self.token = token
        self.cause = cause
        self.by = by
        self.reason = reason
    }

    /// Throws where a field but `by` and `reason` is missing, and for a cause that this program does not know.
    public init(from reader: inout JSONReader) throws(JSONError) {
        by = try reader.optionalString("by")
        cause = try reader.choice("cause")
        locks = try reader.locks("locks")
        reason = try reader.optionalString("reason")
        session = SessionID(try reader.string("session"))
        token = try reader.int("token")
    }

    /// Ascending; what is nil is left out.
    public func write(to writer: inout JSONWriter) {
        writer.field("by", by)
        writer.field("cause", cause.rawValue)
        writer.field("locks", locks)
        writer.field("reason", reason)
        writer.field("session", session.text)
        writer.field("token", token)
    }

    /// Without `by` and `reason`.
    public var redacted: Self {
        var rest = self
        (rest.by, rest.reason) = (nil, nil)
        return rest
    }
}

/// `lock.downgraded`: one path of a grant, held exclusively until here, is shared from here on; the token stands.
public struct LockDowngraded: EventData {
    /// Who holds.
    public var session: SessionID
    /// A path of the grant.
    public var path: LockPath
    /// The position of the grant.
    public var token: Position

    /// A change as the machine decided it; nothing is checked.
    public init(session: SessionID, path: LockPath, token: Position) {
        self.session = session
        self.path = path
        self.token = token
    }

    /// Throws where a field is missing: there is no optional one.
    public init(from reader: inout JSONReader) throws(JSONError) {
        path = try reader.path("path")
        session = SessionID(try reader.string("session"))
        token = try reader.int("token")
    }

    /// Ascending, always all fields.
    public func write(to writer: inout JSONWriter) {
        writer.field("path", path.text)
        writer.field("session", session.text)
        writer.field("token", token)
    }

    /// It has no texts.
    public var redacted: Self { self }
}

/// `slots.configured`: so many may hold a slot of that path at one time. Fewer than before ends nobody.
public struct SlotsConfigured: EventData {
    /// The slot path.
    public var path: LockPath
    /// At least 1.
    public var capacity: Int

    /// A capacity as the machine decided it; nothing is checked.
    public init(path: LockPath, capacity: Int) {
        self.path = path
        self.capacity = capacity
    }

    /// Throws where a field is missing: there is no optional one.
    public init(from reader: inout JSONReader) throws(JSONError) {
        capacity = try reader.int("capacity")
        path = try reader.path("path")
    }

    /// Ascending, always all fields.
    public func write(to writer: inout JSONWriter) {
        writer.field("capacity", capacity)
        writer.field("path", path.text)
    }

    /// It has no texts.
    public var redacted: Self { self }
}
