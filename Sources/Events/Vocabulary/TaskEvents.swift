/// `task.queued`: a task is ordered, with all that later decisions need, so that replay needs no configuration.
public struct TaskQueued: EventData {
    /// New; its stream begins with this event.
    public var task: TaskID
    /// The configured type's name; the command itself is never in the log.
    public var type: String
    /// What it is about; a name, that needs no registered app.
    public var app: String?
    /// Without those that the type marks secret: they never reach the log.
    public var arguments: [String: String]
    /// The names of the secret ones that were given, sorted.
    public var secrets: [String]
    /// All granted at once, before the task is claimed; none is allowed.
    public var locks: [Lock]
    /// While a task of this key is unfinished, no other is queued.
    public var unique: String?
    /// Database time before which it neither starts nor asks for its locks.
    public var notBefore: Timestamp?
    /// Milliseconds.
    public var timeout: Int?
    /// Milliseconds between the order to stop and the kill.
    public var grace: Int?
    /// Attempts after the first that may follow a failed one; absent for none.
    public var retries: Int?
    /// Milliseconds before the first of them.
    public var backoff: Int?
    /// True when an attempt whose end was not witnessed may be repeated.
    public var idempotent: Bool
    /// The run of its type's schedule that it is; absent for what was asked for.
    public var scheduled: ScheduledRun?
    /// A user's name.
    public var requestedBy: String

    /// An order as the machine decided it; nothing is checked.
    public init(
        task: TaskID, type: String, app: String? = nil, arguments: [String: String] = [:], secrets: [String] = [],
        locks: [Lock], unique: String? = nil, notBefore: Timestamp? = nil, timeout: Int? = nil, grace: Int? = nil,
        retries: Int? = nil, backoff: Int? = nil, idempotent: Bool = false, scheduled: ScheduledRun? = nil,
        requestedBy: String
    ) {
        self.task = task
        self.type = type
        self.app = app
        self.arguments = arguments
        self.secrets = secrets
        self.locks = locks
        self.unique = unique
        self.notBefore = notBefore
        self.timeout = timeout
        self.grace = grace
        self.retries = retries
        self.backoff = backoff
        self.idempotent = idempotent
        self.scheduled = scheduled
        self.requestedBy = requestedBy
    }

    /// Throws where `arguments`, `locks`, `requestedBy`, `task` or `type` is missing.
    public init(from reader: inout JSONReader) throws(JSONError) {
        app = try reader.optionalString("app")
        arguments = try reader.dictionary("arguments")
        backoff = try reader.optionalInt("backoff")
        grace = try reader.optionalInt("grace")
        idempotent = try reader.optionalBool("idempotent") ?? false
        locks = try reader.locks("locks")
        notBefore = try reader.optionalTime("notBefore")
        requestedBy = try reader.string("requestedBy")
        retries = try reader.optionalInt("retries")
        if try reader.find("scheduled") {
            scheduled = try reader.object { fields throws(JSONError) in try ScheduledRun(from: &fields) }
        }
        secrets = try reader.optionalStrings("secrets")
        task = TaskID(try reader.string("task"))
        timeout = try reader.optionalInt("timeout")
        type = try reader.string("type")
        unique = try reader.optionalString("unique")
    }

    /// Ascending; what is nil is left out.
    public func write(to writer: inout JSONWriter) {
        writer.field("app", app)
        writer.field("arguments", arguments)
        writer.field("backoff", backoff)
        writer.field("grace", grace)
        if idempotent { writer.field("idempotent", true) }
        writer.field("locks", locks)
        writer.field("notBefore", notBefore?.description)
        writer.field("requestedBy", requestedBy)
        writer.field("retries", retries)
        if let scheduled {
            writer.key("scheduled")
            writer.object { scheduled.write(to: &$0) }
        }
        if !secrets.isEmpty {
            writer.key("secrets")
            writer.array(secrets) { $0.value($1) }
        }
        writer.field("task", task.text)
        writer.field("timeout", timeout)
        writer.field("type", type)
        writer.field("unique", unique)
    }

    /// Without all arguments, their names too, `unique` and `requestedBy`.
    public var redacted: Self {
        var rest = self
        (rest.arguments, rest.secrets, rest.unique) = ([:], [], nil)
        rest.requestedBy = Self.redactedText
        return rest
    }
}

/// `task.claimed`: its locks are granted in the same transaction; the runner may start it once this is durable.
public struct TaskClaimed: EventData {
    /// The task that is to start.
    public var task: TaskID
    /// 1, 2, 3 … within the task.
    public var attempt: Int
    /// The only one that may speak of the attempt until it is retired.
    public var runner: RunnerID
    /// Where it will run, by the host's name in the log.
    public var host: String

    /// A claim as the machine decided it; nothing is checked.
    public init(task: TaskID, attempt: Int, runner: RunnerID, host: String) {
        self.task = task
        self.attempt = attempt
        self.runner = runner
        self.host = host
    }

    /// Throws where a field is missing: there is no optional one.
    public init(from reader: inout JSONReader) throws(JSONError) {
        attempt = try reader.int("attempt")
        host = try reader.string("host")
        runner = RunnerID(try reader.string("runner"))
        task = TaskID(try reader.string("task"))
    }

    /// Ascending, always all fields.
    public func write(to writer: inout JSONWriter) {
        writer.field("attempt", attempt)
        writer.field("host", host)
        writer.field("runner", runner.text)
        writer.field("task", task.text)
    }

    /// It has no texts.
    public var redacted: Self { self }
}

/// `task.started`: the attempt's main process runs; its session has a process from here on.
public struct TaskStarted: EventData {
    /// The task that runs.
    public var task: TaskID
    /// The attempt as it was claimed.
    public var attempt: Int
    /// The task's own, opened with its request.
    public var session: SessionID
    /// The main process.
    public var process: ProcessID
    /// The directory of its cgroup; absent where the host gives it none.
    public var cgroup: String?

    /// A start as the shim recorded it; nothing is checked.
    public init(task: TaskID, attempt: Int, session: SessionID, process: ProcessID, cgroup: String? = nil) {
        self.task = task
        self.attempt = attempt
        self.session = session
        self.process = process
        self.cgroup = cgroup
    }

    /// Throws where a field but `cgroup` is missing.
    public init(from reader: inout JSONReader) throws(JSONError) {
        attempt = try reader.int("attempt")
        let bootID = try reader.string("bootId")
        cgroup = try reader.optionalString("cgroup")
        let pid = try reader.int("pid")
        let pidNamespace = try reader.string("pidNamespace")
        session = SessionID(try reader.string("session"))
        let startTicks = try reader.int("startTicks")
        task = TaskID(try reader.string("task"))
        process = ProcessID(bootID: bootID, pidNamespace: pidNamespace, pid: pid, startTicks: startTicks)
    }

    /// Ascending; the process's parts stand beside the rest.
    public func write(to writer: inout JSONWriter) {
        writer.field("attempt", attempt)
        writer.field("bootId", process.bootID)
        writer.field("cgroup", cgroup)
        writer.field("pid", process.pid)
        writer.field("pidNamespace", process.pidNamespace)
        writer.field("session", session.text)
        writer.field("startTicks", process.startTicks)
        writer.field("task", task.text)
    }

    /// It has no texts.
    public var redacted: Self { self }
}

/// `task.progressed`: how far the task says it is.
public struct TaskProgressed: EventData {
    /// The task that runs.
    public var task: TaskID
    /// The attempt as it was claimed.
    public var attempt: Int
    /// 0 to 100; may also fall.
    public var percent: Int
    /// The task's own words.
    public var message: String?

    /// A progress as the machine decided it; nothing is checked.
    public init(task: TaskID, attempt: Int, percent: Int, message: String? = nil) {
        self.task = task
        self.attempt = attempt
        self.percent = percent
        self.message = message
    }

    /// Throws where a field but `message` is missing.
    public init(from reader: inout JSONReader) throws(JSONError) {
        attempt = try reader.int("attempt")
        message = try reader.optionalString("message")
        percent = try reader.int("percent")
        task = TaskID(try reader.string("task"))
    }

    /// Ascending; what is nil is left out.
    public func write(to writer: inout JSONWriter) {
        writer.field("attempt", attempt)
        writer.field("message", message)
        writer.field("percent", percent)
        writer.field("task", task.text)
    }

    /// Without `message`.
    public var redacted: Self {
        var rest = self
        rest.message = nil
        return rest
    }
}

/// `task.stop-requested`: a claimed task is to be stopped; one still queued is finished in the same transaction.
public struct TaskStopRequested: EventData {
    /// The task that is to end.
    public var task: TaskID
    /// The attempt under way, or due next.
    public var attempt: Int
    /// A user's name.
    public var by: String
    /// Why, in his words.
    public var reason: String?
    /// True when it is killed at once, without a grace.
    public var now: Bool

    /// An order to stop as the machine decided it; nothing is checked.
    public init(task: TaskID, attempt: Int, by: String, reason: String? = nil, now: Bool = false) {
        self.task = task
        self.attempt = attempt
        self.by = by
        self.reason = reason
        self.now = now
    }

    /// Throws where `attempt`, `by` or `task` is missing.
    public init(from reader: inout JSONReader) throws(JSONError) {
        attempt = try reader.int("attempt")
        by = try reader.string("by")
        now = try reader.optionalBool("now") ?? false
        reason = try reader.optionalString("reason")
        task = TaskID(try reader.string("task"))
    }

    /// Ascending; what is nil or false is left out.
    public func write(to writer: inout JSONWriter) {
        writer.field("attempt", attempt)
        writer.field("by", by)
        if now { writer.field("now", true) }
        writer.field("reason", reason)
        writer.field("task", task.text)
    }

    /// Without `by` and `reason`.
    public var redacted: Self {
        var rest = self
        (rest.by, rest.reason) = (Self.redactedText, nil)
        return rest
    }
}

extension JSONReader {
    mutating func dictionary(_ name: String) throws(JSONError) -> [String: String] {
        guard try find(name) else { throw error("field '\(name)' is missing") }
        return try object { fields throws(JSONError) in
            var entries: [String: String] = [:]
            while let key = try fields.nextKey() {
                // The scan left the reader on the value; the key is read from its range.
                let name = try fields.unescape(key)
                entries[name] = try fields.stringValue()
            }
            return entries
        }
    }
}

extension JSONWriter {
    mutating func field(_ name: String, _ entries: [String: String]) {
        key(name)
        object { writer in
            for key in entries.keys.sorted(by: { $0.utf16.lexicographicallyPrecedes($1.utf16) }) {
                writer.field(key, entries[key])
            }
        }
    }
}
