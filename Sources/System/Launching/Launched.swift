internal import CSystem
internal import Glibc
internal import Synchronization

/// Why a program did not start: what a shell would answer with, and the words for a person.
public struct ExecFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// 127: no such program. 126: it is there and cannot be executed, or its surroundings could not be made.
    public let exitCode: Int32
    /// What failed, with the kernel's words.
    public let description: String
    /// The program was not even tried because its cgroup could not be joined.
    let isCgroup: Bool

    /// A failure with its exit code (126 or 127) and words.
    public init(exitCode: Int32, description: String) {
        self.exitCode = exitCode
        self.description = description
        isCgroup = false
    }

    init(_ failure: cs_failure, program: [UInt8]) {
        let name = String(decoding: program, as: UTF8.self)
        let words = SystemError.words(for: failure.error)
        let action: String
        switch UInt32(failure.stage) {
        case CS_STAGE_CGROUP.rawValue: action = "cannot join the cgroup"
        case CS_STAGE_STREAMS.rawValue: action = "cannot set up the standard streams"
        case CS_STAGE_USER.rawValue: action = "cannot become the task's user"
        case CS_STAGE_DIRECTORY.rawValue: action = "cannot enter the working directory"
        case CS_STAGE_LIMITS.rawValue: action = "cannot set the limits"
        case CS_STAGE_ENVIRONMENT.rawValue: action = "cannot take the environment"
        default: action = "cannot execute \(name)"
        }
        let isMissing = failure.stage == CS_STAGE_EXEC.rawValue && (failure.error == ENOENT || failure.error == ENOTDIR)
        isCgroup = failure.stage == CS_STAGE_CGROUP.rawValue
        exitCode = isMissing ? 127 : 126
        description = "\(action): \(words)"
    }
}

/// A forked child on its way to exec.
final class Launched: Sendable {
    let pid: Int32
    private let status: Descriptor
    private let gate: Mutex<Descriptor?>

    init(pid: Int32, status: consuming Descriptor, gate: consuming Descriptor?) {
        self.pid = pid
        self.status = status
        self.gate = Mutex(gate)
    }

    /// The descriptor that becomes readable once the child has executed the program, has failed to, or has ended.
    var statusDescriptor: Int32 { status.raw }

    /// Lets a gated child go on with this environment; the second time, or after `shut`, it throws `.closed`.
    func open(_ environment: Environment) throws(SystemError) {
        let block = environment.entries.reduce(into: [UInt8]()) { $0 += $1 + [0] }
        let count = withUnsafeBytes(of: UInt32(clamping: block.count)) { Array($0) }
        let failure: SystemError? = gate.withLock { gate in
            guard let input = gate.take() else {
                return SystemError(.closed, "this command was released or given up before")
            }
            do throws(SystemError) {
                try input.write(count + block)
                return nil
            } catch {
                // A child that was killed meanwhile is no error here: its end tells.
                return error.errno == EPIPE ? nil : error
            }
        }
        if let failure { throw failure }
    }

    /// Closes the gate: a child that still waits leaves without having executed anything.
    func shut() { gate.withLock { $0 = nil } }

    /// Waits, blocking, until the child has executed its program (`nil`) or could not.
    func failure(program: [UInt8]) throws(SystemError) -> ExecFailure? {
        let bytes = try status.read(atMost: MemoryLayout<cs_failure>.size) ?? []
        guard bytes.count == MemoryLayout<cs_failure>.size else { return nil }
        return ExecFailure(bytes.withUnsafeBytes { $0.loadUnaligned(as: cs_failure.self) }, program: program)
    }
}
