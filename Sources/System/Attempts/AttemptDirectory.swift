internal import Glibc

/// One attempt's files, between the runner and the shim. The only place that spells their names.
///
/// `spec` (runner → shim), `gate` (who may act on the attempt, made once), `started`, `log` (`log.lz4` when it is over),
/// `control` (socket), `exit`; `started.room` and `exit.room` keep room on the disk for those two; `complaint` is what was said
/// where no shim could be started as another user.
///
/// Owned by the runner, mode 0700. Where a shim that is root's runs the task as another user: 0711, so that he reaches the
/// socket to tell progress. Where the shim itself is another user's, started by sudo: an access list lets him in, nobody
/// else, and what either of them makes is open to both. He could forge his own attempt's records then, as he could kill its
/// shim; he can neither reach another attempt nor lead the runner elsewhere: no link is followed.
public struct AttemptDirectory: Sendable, Hashable {
    /// The directory's absolute path.
    public let path: String

    /// Records are never larger; `gate`, `started` and `exit` have a few hundred bytes.
    public static let maximumRecordBytes = 8 << 10

    /// A directory that is there or will be. Nothing is touched.
    public init(path: String) { self.path = path }

    /// The log's path: lines `TIME out TEXT`, `TIME err TEXT`, `TIME shim TEXT`; the stream's word ends with `+` where a line
    /// was chopped and goes on in the stream's next one.
    public var logPath: String { "\(path)/log" }
    /// Where the same is as one LZ4 frame once the task is over; `logPath` goes when it is there whole.
    public var compressedLogPath: String { "\(path)/log.lz4" }
    /// The control socket's path.
    public var controlPath: String { "\(path)/control" }
    private var specPath: String { "\(path)/spec" }
    private var gatePath: String { "\(path)/gate" }
    private var startPath: String { "\(path)/started" }
    private var exitPath: String { "\(path)/exit" }
    private var complaintPath: String { "\(path)/complaint" }

    /// Makes the directory, writes the spec, and keeps room on the disk for what the shim will have to record; first half of
    /// a launch. Throws when one cannot be made: then nothing was started and the gate is free, so it may be tried again, as
    /// on a full disk (`.exhausted`).
    ///
    /// - Parameter shimUserID: whose the shim will be, where this process is not root and he is somebody else.
    public func prepare(_ spec: AttemptSpec, shimUserID: UInt32? = nil) throws(SystemError) {
        let isOthers = spec.credentials.map { $0.userID != Host.userID } ?? false
        try DurableFile.makeDirectory(path, mode: isOthers ? 0o711 : 0o700)
        var owner: FileOwner?
        if let shimUserID {
            try AccessList.share(path, with: shimUserID)
            owner = FileOwner(userID: shimUserID, groupID: 0, isShared: true)
        }
        try DurableFile.write(try spec.encoded(), to: specPath, owner: owner, durably: false)
        // Room for the start first: the more important one is not had without it.
        for place in [startPath, exitPath] {
            try ReservedFile.reserve(Self.maximumRecordBytes, for: place, owner: owner)
        }
    }

    /// The same directory, whatever its path comes to lead to: opened once, for the rest of this process's life. Throws for a
    /// link.
    public func pinned() throws(SystemError) -> AttemptDirectory {
        let number = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard number >= 0 else { throw SystemError(errno: errno, "open \(path)") }
        return AttemptDirectory(path: "/proc/self/fd/\(number)")
    }

    /// Whose the attempt is: who made the directory. A shim that is neither his nor root's shares it with him.
    public func owner() throws(SystemError) -> FileOwner {
        let owner = try FileOwner.of(path)
        let isShared = Host.userID != 0 && Host.userID != owner.userID
        return FileOwner(userID: owner.userID, groupID: owner.groupID, isShared: isShared)
    }

    /// Whether another user was let in, who may have made, and moved, whatever is in it. He cannot change this.
    public func isShared() throws(SystemError) -> Bool { try FileSystem.mode(of: path) & 0o020 != 0 }

    /// Whose the shim is that took the gate; `nil` while there is none.
    public func shimUserID() throws(SystemError) -> UInt32? {
        var status = stat()
        guard lstat(gatePath, &status) == 0 else {
            guard errno == ENOENT else { throw SystemError(errno: errno, "look at \(gatePath)") }
            return nil
        }
        return status.st_uid
    }

    /// Starts a shim on the prepared directory, detached: it outlives this process. It starts the command at most once,
    /// however many shims are started.
    ///
    /// - Parameters:
    ///   - command: the shim's program with what must stand before it, such as sudo and its options.
    ///   - secrets: what the task's environment holds besides; the spec says how many they are.
    ///   - keepsComplaint: whether what the command says on its standard error is kept, for `complaint()`.
    public func startShim(
        _ command: [String], environment: Environment, secrets: Environment = Environment(),
        keepsComplaint: Bool = false
    ) throws -> ChildProcess {
        let launch = Launch(command + [path], environment: environment)
        let errors: DetachedProcess.Stream = keepsComplaint ? .file(complaintPath) : .null
        guard !secrets.entries.isEmpty else { return try DetachedProcess.start(launch, error: errors) }
        let memory = try SecretVariables.memory(of: secrets)
        return try DetachedProcess.start(launch, input: .descriptor(memory.raw), error: errors)
    }

    /// The last of what was said where no shim could be started, on one line; `nil` when nothing was.
    public func complaint() -> String? {
        guard let bytes = try? DurableFile.read(complaintPath, limit: Self.maximumComplaintBytes) else { return nil }
        let last = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).last
        return last.map { String($0.prefix(Self.maximumComplaintCharacters)) }
    }

    /// More is not told of a complaint.
    static let maximumComplaintCharacters = 500
    /// More is not read of it.
    static let maximumComplaintBytes = 64 << 10

    /// The spec. Throws `.notFound` when there is none.
    public func spec() throws(SystemError) -> AttemptSpec {
        guard let bytes = try DurableFile.read(specPath, limit: AttemptSpec.maximumBytes) else {
            throw SystemError(.notFound, "\(specPath) is not there")
        }
        return try AttemptSpec(decoding: bytes)
    }

    /// Gives the attempt up, so that no shim can start it any more. False when a gate is there already: then a shim may have
    /// started it, and `gate()` says who.
    public func createGate() throws(SystemError) -> Bool {
        // Root may do so for a runner that is not.
        try createGate(isShim: false, owner: Host.userID == 0 ? FileOwner.of(path) : nil)
    }

    /// Takes the gate for this shim; exactly one of all callers gets true.
    public func claimGate(owner: FileOwner) throws(SystemError) -> Bool { try createGate(isShim: true, owner: owner) }

    private func createGate(isShim: Bool, owner: FileOwner?) throws(SystemError) -> Bool {
        let record = GateRecord(owner: try ProcessIdentity.current, isShim: isShim)
        do throws(SystemError) {
            try DurableFile.create(try record.encoded(), at: gatePath, owner: owner)
            return true
        } catch {
            guard error.code == .exists else { throw error }
            return false
        }
    }

    /// Who has the gate; `nil` while nobody has.
    public func gate() throws(SystemError) -> GateRecord? {
        guard let bytes = try DurableFile.read(gatePath, limit: Self.maximumRecordBytes) else { return nil }
        return try GateRecord(decoding: bytes)
    }

    /// Whether somebody has the gate.
    public func gateExists() throws(SystemError) -> Bool { try gate() != nil }

    /// The shim that stands or stood over the attempt; `nil` while none has the gate, and for ever when it was given up.
    public func shimIdentity() throws(SystemError) -> ProcessIdentity? {
        guard let gate = try gate(), gate.isShim else { return nil }
        return gate.owner
    }

    /// The start, once the main process was executed. Only `gate` and `exit` survive a crash of the host for certain: after it
    /// nothing that was started runs any more, whatever the record of the start would say.
    public func startRecord() throws(SystemError) -> StartRecord? {
        let bytes = try DurableFile.read(startPath, limit: Self.maximumRecordBytes) ?? []
        return bytes.isEmpty ? nil : try StartRecord(decoding: bytes)
    }

    /// The end; while the shim lives, only this counts.
    public func exitRecord() throws(SystemError) -> ExitRecord? {
        guard let bytes = try DurableFile.read(exitPath, limit: Self.maximumRecordBytes) else { return nil }
        return try ExitRecord(decoding: bytes)
    }

    /// The shim's writing of the start.
    public func write(_ record: StartRecord, owner: FileOwner) throws(SystemError) {
        try ReservedFile.write(try record.encoded(), to: startPath, owner: owner, durably: false)
    }

    /// The shim's writing of the end.
    public func write(_ record: ExitRecord, owner: FileOwner) throws(SystemError) {
        try ReservedFile.write(try record.encoded(), to: exitPath, owner: owner, durably: true)
    }

    /// Tells the shim how far the task is, from inside the task. Throws `.closed` or `.notFound` when no shim listens.
    public func sendProgress(_ progress: TaskProgress) throws(SystemError) { try send(.progress(progress)) }

    /// Sends one order to the shim and does not wait for its effect.
    public func send(_ request: ShimRequest) throws(SystemError) {
        try LineConnection(to: controlPath).send(request.line)
    }
}
