public import MySQL
internal import System

/// The MariaDB that Interlock runs for itself where no database is configured: on a Unix socket only, in the state
/// directory, logged in to by the system's users root and the service's own. It outlives who started it and is found
/// again by its socket. Only `serve`, `demo` and `bin/up` start it.
public struct PrivateServer: Sendable {
    /// Why there is no private server: something is not installed, or the server did not come up.
    public struct Failure: Error, Sendable, CustomStringConvertible {
        /// What is wrong, as a sentence without a full stop.
        public var description: String
        /// What to do about it.
        public var hint: String
    }

    /// The server's place below a state directory.
    public let directory: String
    /// How long a server may take to answer after its start, crash recovery included.
    static let startupPatience = Duration.seconds(120)
    static let databaseName = "interlock"

    /// The server of this state directory, whether it exists or not; nothing is touched.
    public init(stateDirectory: String) {
        directory = stateDirectory + "/database"
    }

    private var socket: String { directory + "/socket" }
    private var data: String { directory + "/data" }
    /// Its own: a server removes what looks like temporary tables from its temporary directory when it starts, and would
    /// remove those of another server in a shared one.
    private var temporary: String { directory + "/tmp" }
    private var log: String { directory + "/server.log" }

    /// How this user logs in.
    public var endpoint: Endpoint {
        Endpoint(
            .socket(path: socket), user: Host.userName(of: Host.userID) ?? "root", database: Self.databaseName)
    }

    /// Whom its locks are for, where that is not everybody: only root's server is used by the others of the host. Nil for
    /// root's.
    public static var restriction: String? {
        guard Host.userID != 0 else { return nil }
        let owner = Host.userName(of: Host.userID) ?? "user \(Host.userID)"
        return "its locks are \(owner)'s only: other users of this host have others"
    }

    /// True when a server was ever made here.
    public var exists: Bool { Directory.contains(data) }

    /// True when it answers now. Blocks for one connection.
    public func answers() -> Bool {
        var anyDatabase = endpoint
        anyDatabase.database = ""
        do {
            _ = try Connection(anyDatabase)
            return true
        } catch {
            return error.code != .unreachable
        }
    }

    /// False when it surely does not run, found out without asking it: what every command can afford. What cannot be seen
    /// is asked when it is needed.
    public var mayRun: Bool {
        do {
            guard let pid = try processID() else { return false }
            return try ProcessStatus.of(pid: pid).name.hasPrefix("mariadbd")
        } catch {
            return (error as? SystemError)?.code != .noProcess
        }
    }

    private func processID() throws -> Int32? {
        guard let text = try DurableFile.read(directory + "/pid", limit: 32) else { return nil }
        return Int32(String(decoding: text, as: UTF8.self).filter(\.isNumber))
    }

    /// Makes and starts the server where that has not been done, and returns when it answers. One at a time does so (a
    /// file lock); who comes second finds it running. `say` is told what takes its time.
    public func start(say: (String) -> Void) async throws {
        try DurableFile.makeDirectory(directory, mode: 0o755)
        let lock = try await startLock()
        guard !answers() else { return }
        let owner = try serverOwner()
        try DurableFile.makeDirectory(temporary, mode: 0o700)
        try give(temporary, to: owner)
        if !exists { try await initialise(owner, say) }
        say("starting the private database in \(directory)")
        let server = try DetachedProcess.start(
            Launch([try program("mariadbd")] + options(owner), environment: Self.environment), output: .file(log),
            error: .file(log))
        try await waitUntilItAnswers(server)
        try createDatabase()
        withExtendedLifetime(lock) {}
    }

    private func startLock() async throws -> FileLock {
        while true {
            if let lock = try FileLock.attempt(directory + "/start.lock") { return lock }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Waits until the server has ended; until the task is cancelled.
    public func untilEnded() async throws {
        guard let pid = try processID(), let identity = try? ProcessIdentity.of(pid: pid) else { return }
        let watcher = ProcessWatcher()
        watcher.watch(identity)
        for await _ in watcher.ended { return }
        throw CancellationError()
    }

    /// Ends the server of this directory in good order and waits for it.
    public func stop() async throws {
        guard let pid = try processID(), let identity = try? ProcessIdentity.of(pid: pid)
        else { return }
        let process = try PidFD(identity)
        try process.signal(Signals.terminate)
        while !process.hasEnded() { try await Task.sleep(for: .milliseconds(20)) }
    }

    /// Root's server runs as `mysql`, any other user's as himself.
    private func serverOwner() throws -> String? {
        guard Host.userID == 0 else { return nil }
        guard Host.credentials(ofUser: "mysql") != nil else {
            throw Failure(
                description: "there is no user 'mysql' for the private database to run as",
                hint: "install the package mariadb-server")
        }
        return "mysql"
    }

    private func program(_ name: String) throws -> String {
        for place in ["/usr/sbin/", "/usr/bin/", "/usr/local/bin/", "/usr/local/sbin/"]
        where Directory.contains(place + name) {
            return place + name
        }
        throw Failure(description: "\(name) is not installed", hint: "install the package mariadb-server")
    }

    /// Nothing of whoever starts it: it would speak with his service manager in his place.
    private static let environment = Environment([("PATH", Launch.defaultPath), ("LANG", "C.UTF-8")])

    /// Sized for a host's small log: the working set is the end of the log and one state.
    private func options(_ owner: String?) -> [String] {
        [
            "--no-defaults", "--datadir=\(data)", "--socket=\(socket)", "--pid-file=\(directory)/pid",
            "--tmpdir=\(temporary)", "--skip-networking", "--innodb-flush-log-at-trx-commit=1",
            "--innodb-buffer-pool-size=64M",
            "--skip-log-bin", "--character-set-server=utf8mb4", "--skip-name-resolve",
        ] + (owner.map { ["--user=\($0)"] } ?? [])
    }

    /// A host whose own name does not resolve is no hindrance (`--force`): nobody logs in over the network.
    /// Made aside and renamed into place: a crash in the middle leaves nothing that looks like a database.
    private func initialise(_ owner: String?, _ say: (String) -> Void) async throws {
        say("making the private database in \(directory)")
        let aside = data + ".new"
        try Directory.removeTree(aside)
        let user = Host.userName(of: Host.userID) ?? "root"
        let install = try DetachedProcess.start(
            Launch(
                [
                    try program("mariadb-install-db"), "--no-defaults", "--datadir=\(aside)", "--skip-test-db",
                    "--force", "--skip-name-resolve", "--tmpdir=\(temporary)",
                    "--auth-root-authentication-method=socket", "--auth-root-socket-user=\(user)",
                ] + (owner.map { ["--user=\($0)"] } ?? [])),
            output: .file(log), error: .file(log))
        guard await install.wait().cause == .exited(0) else {
            throw Failure(
                description: "the private database could not be made in \(aside): \(lastWords)",
                hint: "The disk may be full, or the directory not writable or not reachable for its user")
        }
        try give(directory, to: owner)
        try Directory.move(aside, to: data)
    }

    /// What the server's programs said last: their errors where they named any.
    private var lastWords: String {
        var lines: [String] = []
        var errors: [String] = []
        var reader = LogFileReader(path: log)
        // A log that cannot be read has nothing to say.
        try? reader.lines { line in
            lines = Array((lines + [line]).suffix(Self.quotedLines))
            if line.contains("ERROR") { errors = Array((errors + [line]).suffix(Self.quotedLines)) }
        }
        return (errors.isEmpty ? lines : errors).filter { !$0.isEmpty }.joined(separator: " / ")
    }

    /// Lines of the server's log that an error quotes.
    static let quotedLines = 6

    private func give(_ path: String, to owner: String?) throws(SystemError) {
        guard let owner, let credentials = Host.credentials(ofUser: owner) else { return }
        try Directory.give(path, to: credentials)
    }

    private func waitUntilItAnswers(_ server: ChildProcess) async throws {
        let deadline = MonotonicTime.now.advanced(by: Self.startupPatience)
        while !answers() {
            guard server.end == nil else {
                throw Failure(
                    description: "the private database ended at its start: \(lastWords)", hint: "Read \(log)")
            }
            guard MonotonicTime.now < deadline else {
                throw Failure(description: "the private database does not answer", hint: "Read \(log)")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    private func createDatabase() throws {
        var anyDatabase = endpoint
        anyDatabase.database = ""
        let connection = try Connection(anyDatabase)
        try connection.run("CREATE DATABASE IF NOT EXISTS \(Self.databaseName) CHARACTER SET utf8mb4")
    }
}
