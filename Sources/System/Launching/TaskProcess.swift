internal import CSystem
internal import Glibc

/// The main process of a task, as the shim starts it: own process group, nothing on its standard input, output and errors by
/// pipes. For a single-threaded program that reaps by itself (`Reaper`).
public struct TaskProcess: ~Copyable {
    /// Which process it is.
    public let identity: ProcessIdentity
    /// Its standard output, non-blocking.
    public let output: Descriptor
    /// Its standard errors, non-blocking.
    public let errors: Descriptor

    /// The cgroup it is in; `nil` where the launch names none or the host did not let it join.
    public let cgroup: Cgroup?

    /// Starts the program and returns when it was executed, which blocks for milliseconds. Throws `SystemError` when it cannot
    /// be forked, `ExecFailure` when it cannot be executed; then nothing of it is left.
    ///
    /// - Parameter limits: what it may use; set in the cgroup, and by setrlimit(2) where that cannot be.
    public init(_ launch: Launch, limits: ResourceLimits) throws {
        var launch = launch
        launch.limits = launch.cgroup?.apply(limits) ?? limits
        launch.belonging = .ownGroup
        launch.isOrdinary = true
        launch.keepsSignals = false
        do {
            try self.init(as: launch)
        } catch {
            // Making a cgroup and being let into it are two permissions (cgroups(7), delegation).
            guard let failure = error as? ExecFailure, failure.isCgroup else { throw error }
            launch.cgroup = nil
            launch.limits = limits
            try self.init(as: launch)
        }
    }

    private init(as launch: Launch) throws {
        let null = try Descriptor.open("/dev/null", 0)
        let outputs = try Pipe()
        let errors = try Pipe()
        let launched = try launch.start(streams: [null.raw, outputs.input.raw, errors.input.raw], gated: false)
        let identity = try ProcessIdentity.of(pid: launched.pid)
        if let failure = try launched.failure(program: launch.arguments[0]) {
            while case .noneYet = Reaper.reap(launched.pid) { _ = waitUntilReadable([], milliseconds: 1) }
            throw failure
        }
        outputs.output.setNonBlocking()
        errors.output.setNonBlocking()
        self.identity = identity
        self.cgroup = launch.cgroup
        self.output = outputs.output
        self.errors = errors.output
    }

    /// Signals the process group. Only while the main process has not been reaped: till then its number is nobody else's.
    /// True when somebody was reached.
    @discardableResult
    public borrowing func signalGroup(_ number: Int32) -> Bool { killpg(identity.pid, number) == 0 }
}

/// What a program that stands over others asks of the kernel for itself.
public enum Overseer {
    /// Own session where that is possible, and every orphan below becomes a child of this process (PR_SET_CHILD_SUBREAPER).
    public static func begin() throws(SystemError) {
        setsid()
        guard cs_become_subreaper() == 0 else { throw SystemError(errno: errno, "become a subreaper") }
    }
}
