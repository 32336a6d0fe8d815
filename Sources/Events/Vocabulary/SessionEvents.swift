/// A process as it is recognised again: never by its pid alone (pids are used again).
public struct ProcessID: Hashable, Sendable {
    /// /proc/sys/kernel/random/boot_id, random(4): another one proves that the process is dead.
    public var bootID: String
    /// The inode of /proc/PID/ns/pid, see pid_namespaces(7).
    public var pidNamespace: String
    /// As its own pid namespace numbers it; used again by the kernel.
    public var pid: Int
    /// Clock ticks from boot to its start: field 22 of /proc/PID/stat, proc(5).
    public var startTicks: Int

    /// By what differs most between processes: a state holds ten thousand of them.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(pid)
        hasher.combine(startTicks)
    }

    /// An identity from its parts, as a kernel told them; nothing is checked.
    public init(bootID: String, pidNamespace: String, pid: Int, startTicks: Int) {
        self.bootID = bootID
        self.pidNamespace = pidNamespace
        self.pid = pid
        self.startTicks = startTicks
    }

    init(from reader: inout JSONReader) throws(JSONError) {
        bootID = try reader.string("bootId")
        pid = try reader.int("pid")
        pidNamespace = try reader.string("pidNamespace")
        startTicks = try reader.int("startTicks")
    }

    func write(to writer: inout JSONWriter) {
        writer.field("bootId", bootID)
        writer.field("pid", pid)
        writer.field("pidNamespace", pidNamespace)
        writer.field("startTicks", startTicks)
    }
}

extension JSONReader {
    /// A process as an object; nil where the field is missing.
    package mutating func process(_ name: String) throws(JSONError) -> ProcessID? {
        guard try find(name) else { return nil }
        return try object { fields throws(JSONError) in try ProcessID(from: &fields) }
    }
}

extension JSONWriter {
    /// A process as an object; nothing for nil.
    package mutating func field(_ name: String, _ process: ProcessID?) {
        guard let process else { return }
        key(name)
        object { process.write(to: &$0) }
    }
}

/// `session.opened`: a process, or a task that will be one, may hold locks from here on.
public struct SessionOpened: EventData {
    /// Begins with the database's id.
    public var session: SessionID
    /// The session under which it was opened, as found then: ancestry never changes.
    public var parent: SessionID?
    /// Where its process runs, by the host's name in the log: only there can its death be proven.
    public var host: String
    /// The system user it runs as.
    public var user: String
    /// What a person called it; for a task its type.
    public var label: String?
    /// The task that it is; absent for all others.
    public var task: TaskID?
    /// Absent for a task's session: it gets its process with `task.started`.
    public var process: ProcessID?
    /// The program's name, never its arguments (they may hold secrets).
    public var program: String?
    /// True when it was opened only to hold something: it closes with its last lock, request, child and registration.
    public var closesWhenIdle: Bool

    /// A session as the machine decided it; nothing is checked.
    public init(
        session: SessionID, parent: SessionID? = nil, host: String, user: String, label: String? = nil,
        task: TaskID? = nil, process: ProcessID? = nil, program: String? = nil, closesWhenIdle: Bool = false
    ) {
        self.session = session
        self.parent = parent
        self.host = host
        self.user = user
        self.label = label
        self.task = task
        self.process = process
        self.program = program
        self.closesWhenIdle = closesWhenIdle
    }

    /// Throws where `host`, `session` or `user` is missing; a process of which a part is missing is none.
    public init(from reader: inout JSONReader) throws(JSONError) {
        let bootID = try reader.optionalString("bootId")
        closesWhenIdle = try reader.optionalBool("closesWhenIdle") ?? false
        host = try reader.string("host")
        label = try reader.optionalString("label")
        parent = try reader.optionalString("parent").map(SessionID.init)
        let pid = try reader.optionalInt("pid")
        let pidNamespace = try reader.optionalString("pidNamespace")
        program = try reader.optionalString("program")
        session = SessionID(try reader.string("session"))
        let startTicks = try reader.optionalInt("startTicks")
        task = try reader.optionalString("task").map(TaskID.init)
        user = try reader.string("user")
        if let bootID, let pid, let pidNamespace, let startTicks {
            process = ProcessID(bootID: bootID, pidNamespace: pidNamespace, pid: pid, startTicks: startTicks)
        }
    }

    /// Ascending; what is nil or false is left out, the process's parts stand beside the rest.
    public func write(to writer: inout JSONWriter) {
        writer.field("bootId", process?.bootID)
        if closesWhenIdle { writer.field("closesWhenIdle", true) }
        writer.field("host", host)
        writer.field("label", label)
        writer.field("parent", parent?.text)
        writer.field("pid", process?.pid)
        writer.field("pidNamespace", process?.pidNamespace)
        writer.field("program", program)
        writer.field("session", session.text)
        writer.field("startTicks", process?.startTicks)
        writer.field("task", task?.text)
        writer.field("user", user)
    }

    /// Without `user`, `label` and `program`.
    public var redacted: Self {
        var rest = self
        (rest.user, rest.label, rest.program) = (Self.redactedText, nil, nil)
        return rest
    }
}

/// `session.ended`: it holds nothing any more; its releases and withdrawals stand before it in the same transaction.
public struct SessionEnded: EventData {
    /// Why: nothing was left to hold, it ended in order, the log was restored, its process is proven dead, or its host
    /// was given up after its lease.
    public enum Cause: String, Sendable {
        case closed, exited, restored
        case provenDead = "proven-dead"
        case hostLost = "host-lost"
    }

    /// Ends once: an id is never used again.
    public var session: SessionID
    /// Why.
    public var cause: Cause
    /// How it is known, as a sentence.
    public var evidence: String

    /// An end as the machine decided it; nothing is checked.
    public init(session: SessionID, cause: Cause, evidence: String) {
        self.session = session
        self.cause = cause
        self.evidence = evidence
    }

    /// Throws where a field is missing, and for a cause that this program does not know.
    public init(from reader: inout JSONReader) throws(JSONError) {
        cause = try reader.choice("cause")
        evidence = try reader.string("evidence")
        session = SessionID(try reader.string("session"))
    }

    /// Ascending, always all fields.
    public func write(to writer: inout JSONWriter) {
        writer.field("cause", cause.rawValue)
        writer.field("evidence", evidence)
        writer.field("session", session.text)
    }

    /// Without `evidence`.
    public var redacted: Self {
        var rest = self
        rest.evidence = Self.redactedText
        return rest
    }
}

extension JSONReader {
    /// A field whose value is one of a closed set of words.
    package mutating func choice<Choice: RawRepresentable<String>>(_ name: String) throws(JSONError) -> Choice {
        let word = try string(name)
        guard let choice = Choice(rawValue: word) else { throw error("'\(word)' is no known \(name)") }
        return choice
    }

    package mutating func path(_ name: String) throws(JSONError) -> LockPath {
        let text = try string(name)
        guard let path = LockPath(text) else { throw error("'\(text)' is no lock path") }
        return path
    }

    package mutating func time(_ name: String) throws(JSONError) -> Timestamp {
        let text = try string(name)
        guard let time = Timestamp(text) else { throw error("'\(text)' is no time") }
        return time
    }

    package mutating func optionalTime(_ name: String) throws(JSONError) -> Timestamp? {
        guard let text = try optionalString(name) else { return nil }
        guard let time = Timestamp(text) else { throw error("'\(text)' is no time") }
        return time
    }

    package mutating func locks(_ name: String) throws(JSONError) -> [Lock] {
        guard try find(name) else { throw error("field '\(name)' is missing") }
        return try locksValue()
    }

    /// None where the field is absent.
    package mutating func optionalLocks(_ name: String) throws(JSONError) -> [Lock] {
        try find(name) ? try locksValue() : []
    }

    private mutating func locksValue() throws(JSONError) -> [Lock] {
        try array { element throws(JSONError) in
            try element.object { fields throws(JSONError) in
                let mode: LockMode = try fields.choice("mode")
                return Lock(try fields.path("path"), mode)
            }
        }
    }
}

extension JSONWriter {
    package mutating func field(_ name: String, _ locks: [Lock]) {
        key(name)
        array(locks) { writer, lock in
            writer.object {
                $0.field("mode", lock.mode.rawValue)
                $0.field("path", lock.path.text)
            }
        }
    }
}
