/// A command that is forked first and executed when it is allowed to: its process can be named as the holder of a lock before
/// it does anything. If this process dies before the release, the child sees the gate's pipe end and leaves; after the
/// release the child does not depend on this process any more.
///
/// It keeps the standard streams, the working directory, the group and the terminal of this process, and the signals as they
/// were when this process began. Every method may be called from any task.
public final class GatedChild: Sendable {
    /// The child's process: identity, end, signals.
    public let process: ChildProcess

    private let launch: Launch
    private let launched: Launched

    /// Forks the child, which waits.
    ///
    /// - Parameters:
    ///   - arguments: program and arguments, whose bytes pass unchanged. PATH is searched as execvp(3) does.
    ///   - inheriting: descriptors above 2 that the command keeps; all others are closed in it.
    public init(arguments: [[UInt8]], inheriting: [Int32] = []) throws(SystemError) {
        var launch = Launch(arguments: arguments)
        launch.inheriting = inheriting
        self.launch = launch
        // The gate's other end may be gone when the release is written.
        Signals.ignore([Signals.brokenPipe])
        launched = try launch.start(streams: [-1, -1, -1], gated: true)
        process = try ChildProcess(pid: launched.pid)
    }

    deinit { launched.shut() }

    /// Which process the command is, before and after the release.
    public var identity: ProcessIdentity { process.identity }

    /// Lets the command run with the environment of this process and these variables. Returns when it has been executed
    /// (`nil`) or why it was not; then `wait()` gives 126 or 127. Throws `.closed` after an earlier release or `abandon()`.
    public func release(adding variables: [(name: String, value: String)]) async throws(SystemError) -> ExecFailure? {
        try launched.open(launch.environment.adding(variables))
        // False means that this task was cancelled: the child execs within milliseconds all the same, so read on.
        _ = try await Readiness.shared.readable(launched.statusDescriptor)
        return try launched.failure(program: launch.arguments[0])
    }

    /// Gives the command up: if it was not released it leaves without having been executed.
    public func abandon() { launched.shut() }

    /// The command's end.
    public func wait() async -> ProcessEnd { await process.wait() }

    /// Passes a signal on to the command. One that the terminal sent is left out: the command, in the same process group, had
    /// it too. A command that has ended is no error.
    public func forward(_ signal: ReceivedSignal) throws(SystemError) {
        guard !signal.byKernel else { return }
        do throws(SystemError) {
            try process.signal(signal.number)
        } catch {
            guard error.code == .noProcess else { throw error }
        }
    }
}
