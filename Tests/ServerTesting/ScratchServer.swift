import Foundation
import Glibc
public import MySQL
import Synchronization

/// A private database server for tests, in a fresh directory, on a Unix socket and, if asked for, a TCP port of
/// 127.0.0.1. It ends and its directory goes with this object, at the latest with this process, however that ends.
///
/// Starting one takes about half a second (MySQL: two). Tests that only need a database share one server: see the
/// `.database` trait.
public final class ScratchServer: Sendable {
    /// How long a server may take to answer.
    static let startSeconds = 60
    private static let portAttempts = 3

    /// The kind of server it is.
    public let kind: ServerKind
    /// The server's directory: `data`, `socket`, `log`, and what a test puts there.
    public let directory: String
    /// The TCP port on 127.0.0.1, if one was asked for.
    public let port: UInt16?

    private let options: [String]
    /// What the server's environment has besides.
    private let environment: [String: String]
    private let process = Mutex<WatchedProcess?>(nil)

    /// The server that all tests of this process share. It runs with the default options and without TCP.
    public static func shared() async throws -> ScratchServer { try await sharedTask.value }

    private static let sharedTask = Task { try await ScratchServer.start() }

    /// Starts a server of its own for a test, with further server options.
    public static func start(
        _ kind: ServerKind = .current, options: [String] = [], environment: [String: String] = [:], tcp: Bool = false
    ) async throws -> ScratchServer {
        try await blocking {
            for attempt in 1...portAttempts {
                do {
                    let server = try ScratchServer(
                        kind, options: options, environment: environment, port: tcp ? freePort() : nil)
                    try server.launch()
                    return server
                } catch {
                    // Somebody else may have taken the port meanwhile.
                    guard tcp, attempt < portAttempts else { throw error }
                }
            }
            throw ServerTestingError("no attempt left")
        }
    }

    private init(_ kind: ServerKind, options: [String], environment: [String: String], port: UInt16?) throws {
        var template = Array("/tmp/interlock-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw ServerTestingError("cannot make a directory in /tmp") }
        self.kind = kind
        self.options = options
        self.environment = environment
        self.port = port
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        if geteuid() == 0, let user = getpwnam("mysql") {
            chown(directory, user.pointee.pw_uid, user.pointee.pw_gid)
            chmod(directory, 0o755)
        }
        try DataTemplate.copy(for: kind, to: directory)
    }

    deinit {
        process.withLock { $0 = nil }
        try? FileManager.default.removeItem(atPath: directory)
    }

    /// An endpoint on the Unix socket.
    public func endpoint(user: String = "root", database: String = "") -> Endpoint {
        Endpoint(.socket(path: socketPath), user: user, database: database)
    }

    /// An endpoint on the TCP port. A server that was started without TCP refuses it.
    public func tcpEndpoint(
        user: String, password: String, database: String = "", host: String = "127.0.0.1", tls: Endpoint.TLS = .off
    ) -> Endpoint {
        Endpoint(
            .tcp(host: host, port: port ?? 1), user: user, password: .inline(password), database: database, tls: tls)
    }

    /// Creates an empty database with a name of its own.
    public func createDatabase() async throws -> Endpoint {
        let name = "t\(getpid())_\(Self.databases.add(1, ordering: .relaxed).newValue)"
        let endpoint = endpoint()
        try await blocking { try Connection(endpoint).run("CREATE DATABASE \(name)") }
        return self.endpoint(database: name)
    }

    /// Removes a database again.
    public func dropDatabase(_ database: Endpoint) async throws {
        let endpoint = endpoint()
        try await blocking { try Connection(endpoint).run("DROP DATABASE IF EXISTS \(database.database)") }
    }

    /// Shuts the server down in order; its data stays.
    public func stop() async throws { try await end(SIGTERM) }

    /// Kills the server with SIGKILL; its data stays as it is at that moment.
    public func kill() async throws { try await end(SIGKILL) }

    /// Starts the server again on the same data.
    public func restart() async throws { try await blocking { try self.launch() } }

    /// Stops the server's process in its tracks (SIGSTOP): connections stay open and nobody answers.
    /// Returns when each of its threads has stopped: the signal reaches them one after the other.
    public func freeze() {
        process.withLock { process in
            guard let process else { return }
            process.signal(SIGSTOP)
            while !Self.isStopped(process.id) { sched_yield() }
        }
    }

    /// True when every thread is stopped (state T in /proc/PID/task/TID/stat, proc(5)) or the process is gone.
    private static func isStopped(_ pid: pid_t) -> Bool {
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task")) ?? []
        return threads.allSatisfy { thread in
            guard let stat = try? String(contentsOfFile: "/proc/\(pid)/task/\(thread)/stat", encoding: .utf8),
                let behindName = stat.lastIndex(of: ")")
            else { return true }
            return stat[behindName...].dropFirst(2).first == "T"
        }
    }

    /// Lets a frozen server go on.
    public func thaw() { process.withLock { $0?.signal(SIGCONT) } }

    /// The server's process id while it runs.
    public var processID: Int32? { process.withLock { $0?.id } }

    private static let databases = Atomic<Int>(0)
    private var socketPath: String { directory + "/socket" }
    private var log: String { directory + "/log" }

    private func end(_ signal: Int32) async throws {
        try await blocking {
            self.process.withLock { process in
                process?.signal(signal)
                process?.waitForEnd()
                process = nil
            }
        }
    }

    private func launch() throws {
        let network = port.map { ["--port=\($0)", "--bind-address=127.0.0.1"] } ?? ["--skip-networking"]
        let variables = environment.isEmpty ? [] : ["env"] + environment.map { "\($0)=\($1)" }
        let command =
            variables + kind.server + [
                "--datadir=\(directory)/data", "--socket=\(socketPath)", "--pid-file=\(directory)/pid",
                "--tmpdir=\(directory)",
            ]
            + kind.options + network + ServerKind.userOption + options
        try process.withLock { process in
            guard process == nil else { throw ServerTestingError("the server runs already") }
            let started = try WatchedProcess(command, directory: directory, log: log)
            try waitUntilReady(started)
            process = started
        }
    }

    /// Asks until the server lets somebody in; there is nothing else that both kinds of server tell about that.
    private func waitUntilReady(_ process: WatchedProcess) throws {
        let deadline = ContinuousClock.now + .seconds(Self.startSeconds)
        while true {
            do {
                _ = try Connection(endpoint())
                return
            } catch {
                if process.hasEnded(within: 10) || ContinuousClock.now > deadline {
                    throw ServerTestingError("the server does not start (\(error)); \(Command.tail(of: log))")
                }
            }
        }
    }
}

/// A port of 127.0.0.1 that nobody has just now.
private func freePort() throws -> UInt16 {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    defer { close(listener) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(listener, $0, size) == 0 && getsockname(listener, $0, &size) == 0
        }
    }
    guard bound else { throw ServerTestingError("no free port on 127.0.0.1") }
    return UInt16(bigEndian: address.sin_port)
}

/// Runs blocking code on a thread of its own, away from Swift's cooperative pool.
public func blocking<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Swift.Result(catching: body)) }
    }
}
