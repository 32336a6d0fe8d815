internal import CSystem
internal import Glibc

/// A pidfd on exactly one process (pidfd_open(2), Linux 5.3): what is sent through it can never reach another process that
/// was given the same number.
public struct PidFD: ~Copyable, Sendable {
    /// The process it stands for.
    public let identity: ProcessIdentity
    let descriptor: Descriptor

    /// Opens by number, then makes sure that the number still means this process. Throws `.noProcess` when it has gone.
    public init(_ identity: ProcessIdentity) throws(SystemError) {
        let here = try Vantage.current
        guard identity.bootID == here.bootID && identity.pidNamespace == here.pidNamespace else {
            throw SystemError(.unsupported, "\(identity) belongs to another boot or pid namespace")
        }
        let raw = cs_pidfd_open(identity.pid)
        guard raw >= 0 else { throw SystemError(errno: errno, "open a pidfd of process \(identity.pid)") }
        let opened = Descriptor(owning: raw)
        let status = try ProcessStatus.of(pid: identity.pid)
        guard status.startTicks == identity.startTicks else {
            throw SystemError(.noProcess, "pid \(identity.pid) is another process now")
        }
        descriptor = opened
        self.identity = identity
    }

    /// Whether the process has ended (a zombie has).
    public borrowing func hasEnded() -> Bool { wait(milliseconds: 0) }

    /// Waits for the end, blocking the thread; `nil` waits without end. True when the process has ended.
    public borrowing func wait(milliseconds: Int?) -> Bool {
        !waitUntilReadable([descriptor.raw], milliseconds: milliseconds).isEmpty
    }

    /// Sends a signal. Throws `.noProcess` when the process has ended and was reaped, `.permission` when it is not ours.
    public borrowing func signal(_ number: Int32) throws(SystemError) {
        guard cs_pidfd_signal(descriptor.raw, number) == 0 else {
            throw SystemError(errno: errno, "send signal \(number) to process \(identity.pid)")
        }
    }
}
