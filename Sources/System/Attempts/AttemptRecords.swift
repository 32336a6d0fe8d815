/// Who opened an attempt's gate: the file is made once, whole, so its contents name the only one who may act on the attempt.
public struct GateRecord: Sendable, Equatable {
    /// The one who made the gate file.
    public let owner: ProcessIdentity
    /// True: a shim, which starts the command. False: somebody who gave the attempt up, so that no shim ever starts it.
    public let isShim: Bool

    func encoded() throws(SystemError) -> [UInt8] {
        var fields = Fields()
        fields.add("by", isShim ? "shim" : "giver-up")
        fields.add(owner)
        return try fields.encoded(kind: "gate", limit: AttemptDirectory.maximumRecordBytes)
    }

    init(owner: ProcessIdentity, isShim: Bool) {
        self.owner = owner
        self.isShim = isShim
    }

    init(decoding bytes: [UInt8]) throws(SystemError) {
        let fields = try Fields(bytes, kind: "gate")
        owner = try fields.identity()
        isShim = fields.text("by") == "shim"
    }
}

/// The main process has been executed. Written by the shim, at once and whole.
public struct StartRecord: Sendable, Equatable {
    /// The main process.
    public let identity: ProcessIdentity
    /// The attempt's cgroup, where it has one.
    public let cgroup: Cgroup?
    /// When, by the host's wall clock.
    public let at: WallTime

    /// A start.
    public init(identity: ProcessIdentity, cgroup: Cgroup?, at: WallTime) {
        self.identity = identity
        self.cgroup = cgroup
        self.at = at
    }

    /// The bytes of the file.
    public func encoded() throws(SystemError) -> [UInt8] {
        var fields = Fields()
        fields.add(identity)
        for path in cgroup?.paths ?? [] { fields.add("cgroup", path) }
        fields.add("at", at.microseconds)
        return try fields.encoded(kind: "started", limit: AttemptDirectory.maximumRecordBytes)
    }

    /// Reads the file's bytes. Throws `.malformed` when they are damaged.
    public init(decoding bytes: [UInt8]) throws(SystemError) {
        let fields = try Fields(bytes, kind: "started")
        identity = try fields.identity()
        cgroup = Cgroup(paths: fields.all("cgroup").map { String(decoding: $0, as: UTF8.self) })
        at = WallTime(microseconds: try fields.required(fields.number("at"), "at"))
    }
}

/// The attempt is over and no process of it is left. Written durably by the shim as its last act.
public struct ExitRecord: Sendable, Equatable {
    /// How the main process ended.
    public enum Cause: Sendable, Equatable {
        /// With an exit code.
        case exited(Int32)
        /// By a signal.
        case signalled(Int32, coreDumped: Bool)
        /// It was never executed: 127 not found, 126 not executable or its surroundings could not be made.
        case notStarted(exitCode: Int32)
    }

    /// How the main process ended.
    public let cause: Cause
    /// A stop was ordered before the end, by the socket or by a signal to the shim.
    public let stopOrdered: Bool
    /// The spec's timeout passed before the end.
    public let timedOut: Bool
    /// The kernel killed a process of the attempt for want of memory; known only where the cgroup counts it.
    public let outOfMemory: Bool
    /// A sentence that says how it ended and who wanted it.
    public let evidence: String
    /// What all processes of the attempt used.
    public let usage: ResourceUsage
    /// When the main process was started, by the wall clock; `nil` when it was not.
    public let startedAt: WallTime?
    /// When nothing was left of it.
    public let endedAt: WallTime
    /// Processes that outlived the main process and were killed.
    public let leftoversKilled: Int
    /// Bytes of output that the log does not hold, because of its bound or because it could not be written.
    public let logBytesLost: UInt64

    /// A record from its parts.
    public init(
        cause: Cause, stopOrdered: Bool, timedOut: Bool, outOfMemory: Bool, evidence: String, usage: ResourceUsage,
        startedAt: WallTime?, endedAt: WallTime, leftoversKilled: Int, logBytesLost: UInt64
    ) {
        self.cause = cause
        self.stopOrdered = stopOrdered
        self.timedOut = timedOut
        self.outOfMemory = outOfMemory
        self.evidence = evidence
        self.usage = usage
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.leftoversKilled = leftoversKilled
        self.logBytesLost = logBytesLost
    }

    /// The bytes of the file.
    public func encoded() throws(SystemError) -> [UInt8] {
        var fields = Fields()
        switch cause {
        case .exited(let code): fields.add("exited", code)
        case .signalled(let number, let coreDumped):
            fields.add("signal", number)
            fields.add("core", coreDumped ? 1 : 0)
        case .notStarted(let code): fields.add("not-started", code)
        }
        fields.add("stop-ordered", stopOrdered ? 1 : 0)
        fields.add("timed-out", timedOut ? 1 : 0)
        fields.add("out-of-memory", outOfMemory ? 1 : 0)
        fields.add("evidence", Array(evidence.utf8.prefix(Self.maximumEvidenceBytes).filter { $0 != 0 }))
        fields.add("cpu", usage.cpuMicroseconds)
        fields.add("resident", usage.maxResidentBytes)
        fields.add("started-at", startedAt?.microseconds)
        fields.add("ended-at", endedAt.microseconds)
        fields.add("leftovers", leftoversKilled)
        fields.add("log-lost", logBytesLost)
        return try fields.encoded(kind: "exit", limit: AttemptDirectory.maximumRecordBytes)
    }

    /// Evidence is cut at so many bytes.
    public static let maximumEvidenceBytes = 2048

    /// Reads the file's bytes. Throws `.malformed` when they are damaged.
    public init(decoding bytes: [UInt8]) throws(SystemError) {
        let fields = try Fields(bytes, kind: "exit")
        if let code: Int32 = try fields.number("exited") {
            cause = .exited(code)
        } else if let number: Int32 = try fields.number("signal") {
            cause = .signalled(number, coreDumped: fields.text("core") == "1")
        } else {
            cause = .notStarted(exitCode: try fields.required(fields.number("not-started"), "not-started"))
        }
        stopOrdered = fields.text("stop-ordered") == "1"
        timedOut = fields.text("timed-out") == "1"
        outOfMemory = fields.text("out-of-memory") == "1"
        evidence = fields.text("evidence") ?? ""
        usage = ResourceUsage(
            cpuMicroseconds: try fields.required(fields.number("cpu"), "cpu"),
            maxResidentBytes: try fields.required(fields.number("resident"), "resident"))
        startedAt = try fields.number("started-at").map { WallTime(microseconds: $0) }
        endedAt = WallTime(microseconds: try fields.required(fields.number("ended-at"), "ended-at"))
        leftoversKilled = try fields.required(fields.number("leftovers"), "leftovers")
        logBytesLost = try fields.required(fields.number("log-lost"), "log-lost")
    }
}
