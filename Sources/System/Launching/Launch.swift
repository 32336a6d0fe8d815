internal import CSystem
internal import Glibc

/// How to start a program: everything but its standard streams. Arguments are bytes and go to the kernel as they are; a shell
/// never sees them.
public struct Launch: Sendable {
    /// What the new process belongs to.
    public enum Belonging: Sendable {
        /// The starter's session and group, terminal included.
        case same
        /// A process group of its own.
        case ownGroup
        /// A session of its own, without a terminal.
        case ownSession
    }

    /// Program and arguments. Without a "/" the program is looked for in the environment's PATH.
    public var arguments: [[UInt8]]
    /// The environment; with a gate, that of the release counts, and here only its PATH.
    public var environment: Environment
    /// Working directory; `nil` keeps the starter's.
    public var directory: String?
    /// Session and group.
    public var belonging = Belonging.same
    /// Another user to run as (root only).
    public var credentials: Credentials?
    /// Whether whoever it runs as, though it is this process's user, is another than the service's: then the number of his
    /// processes can be limited.
    public var isOthersUser = false
    /// Descriptors of the starter that the program keeps under their numbers; all others are closed.
    public var inheriting: [Int32] = []
    /// Whether signals that were ignored or blocked when the starter began stay so (as for `nohup`); else all are default.
    public var keepsSignals = true
    /// Whether the kernel, when memory is short, is to spare it no more than any other process, whatever it does for the starter.
    public var isOrdinary = false
    /// By how much it goes behind other programs for the processors (nice(1)): 0 to 19.
    public var niceness: Int32 = 0
    /// A cgroup to join before exec.
    public var cgroup: Cgroup?
    /// Limits for the program, as far as setrlimit(2) can set them.
    public var limits = ResourceLimits()

    /// A program to start.
    public init(arguments: [[UInt8]], environment: Environment = .current, directory: String? = nil) {
        self.arguments = arguments
        self.environment = environment
        self.directory = directory
    }

    /// A program to start, its arguments as text.
    public init(_ arguments: [String], environment: Environment = .current, directory: String? = nil) {
        self.init(arguments: arguments.map { Array($0.utf8) }, environment: environment, directory: directory)
    }

    /// Where the program may be, in the order in which the child tries.
    func candidates() throws(SystemError) -> [[UInt8]] {
        guard let program = arguments.first, !program.isEmpty else {
            throw SystemError(.malformed, "no program is named")
        }
        guard !arguments.contains(where: { $0.contains(0) }) && !environment.entries.contains(where: { $0.contains(0) })
        else { throw SystemError(.malformed, "an argument or variable holds a NUL, which no program can be given") }
        if program.contains(UInt8(ascii: "/")) { return [program] }
        let path = environment["PATH"] ?? Self.defaultPath
        return path.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map { part in
            // An empty part of PATH is the working directory (execvp(3)).
            (part.isEmpty ? [UInt8(ascii: ".")] : Array(part)) + [UInt8(ascii: "/")] + program
        }
    }

    /// PATH where the environment has none (confstr(3) gives this on Debian, without /usr/local).
    public static let defaultPath = "/usr/local/bin:/bin:/usr/bin"

    /// Forks. The child runs up to exec, or to its gate; what it could not do comes by `Launched.failure()`.
    ///
    /// - Parameter streams: sources of descriptors 0, 1 and 2; -1 keeps the starter's.
    func start(streams: [Int32], gated: Bool) throws(SystemError) -> Launched {
        let paths = try candidates()
        let status = try Pipe()
        let gate: Pipe? = gated ? try Pipe() : nil
        let membership = try cgroup?.openMembership() ?? []
        let memory = LaunchMemory()
        var plan = cs_plan()
        plan.paths = memory.list(paths)
        plan.argv = memory.list(arguments)
        plan.shell_argv = memory.strings([Array("/bin/sh".utf8), []] + arguments.dropFirst())
        plan.envp = memory.list(environment.entries)
        plan.directory = directory.map { memory.string(Array($0.utf8)) }.map { UnsafePointer($0) }
        plan.streams = (streams[0], streams[1], streams[2])
        let gateEnd: Int32
        switch gate {
        case .some(let pipe): gateEnd = pipe.output.raw
        case nil: gateEnd = -1
        }
        plan.gate = gateEnd
        plan.status = status.input.raw
        let cgroups = membership.map(\.raw)
        let open = (inheriting + streams + cgroups + [gateEnd, status.input.raw]).filter { $0 > 2 }
        (plan.open, plan.open_count) = memory.numbers(Set(open).sorted())
        (plan.inherit, plan.inherit_count) = memory.numbers(inheriting.filter { $0 > 2 })
        (plan.cgroups, plan.cgroup_count) = memory.numbers(cgroups)
        let isOthers = isOthersUser || credentials.map { $0.userID != Host.userID } ?? false
        (plan.limits, plan.limit_count) = memory.numbers(limits.rlimits(forOtherUser: isOthers))
        plan.ignored = keepsSignals ? cs_signals_ignored_at_start() : 0
        plan.blocked = keepsSignals ? cs_signals_blocked_at_start() : 0
        plan.ordinary_oom = isOrdinary ? 1 : 0
        plan.niceness = niceness
        plan.new_session = belonging == .ownSession ? 1 : 0
        plan.new_group = belonging == .ownGroup ? 1 : 0
        if let credentials {
            plan.set_user = 1
            plan.uid = credentials.userID
            plan.gid = credentials.groupID
            (plan.groups, plan.group_count) = memory.numbers(credentials.groups)
        }
        let pid = withExtendedLifetime((memory, membership)) { cs_spawn(&plan) }
        guard pid > 0 else { throw SystemError(errno: errno, "fork") }
        switch consume gate {
        case .some(let pipe): return Launched(pid: pid, status: status.output, gate: pipe.input)
        case nil: return Launched(pid: pid, status: status.output, gate: nil)
        }
    }
}

/// C arrays for the time of a fork.
private final class LaunchMemory {
    private var blocks: [UnsafeMutableRawPointer] = []

    deinit { for block in blocks { block.deallocate() } }

    private func block<Element: BitwiseCopyable>(_ count: Int, of type: Element.Type) -> UnsafeMutablePointer<Element> {
        let pointer = UnsafeMutablePointer<Element>.allocate(capacity: max(1, count))
        blocks.append(UnsafeMutableRawPointer(pointer))
        return pointer
    }

    func string(_ bytes: [UInt8]) -> UnsafeMutablePointer<CChar> {
        let text = block(bytes.count + 1, of: CChar.self)
        for (index, byte) in bytes.enumerated() { text[index] = CChar(bitPattern: byte) }
        text[bytes.count] = 0
        return text
    }

    func list(_ list: [[UInt8]]) -> UnsafePointer<UnsafeMutablePointer<CChar>?> { UnsafePointer(strings(list)) }

    func strings(_ list: [[UInt8]]) -> UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> {
        let pointers = block(list.count + 1, of: UnsafeMutablePointer<CChar>?.self)
        for (index, bytes) in list.enumerated() { pointers[index] = string(bytes) }
        pointers[list.count] = nil
        return pointers
    }

    func numbers<Number: BitwiseCopyable>(_ list: [Number]) -> (UnsafePointer<Number>, Int) {
        let numbers = block(list.count, of: Number.self)
        for (index, number) in list.enumerated() { numbers[index] = number }
        return (UnsafePointer(numbers), list.count)
    }
}
