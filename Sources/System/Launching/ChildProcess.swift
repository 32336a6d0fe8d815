internal import CSystem
internal import Glibc
internal import Synchronization

/// A child of this process. It is reaped as soon as it ends, whether anybody waits for it or not; it outlives this process
/// and this value.
public final class ChildProcess: Sendable {
    /// Which process it is.
    public let identity: ProcessIdentity

    private struct State {
        var end: ProcessEnd?
        var waiting: [CheckedContinuation<ProcessEnd, Never>] = []
    }

    private let state: Mutex<State>
    private let pidfd: PidFD

    /// Takes over a child that was just forked and that nobody else reaps.
    init(pid: Int32) throws(SystemError) {
        identity = try ProcessIdentity.of(pid: pid)
        pidfd = try PidFD(identity)
        state = Mutex(State())
        // The registration keeps this value, and so the pidfd, until the child has ended.
        try Readiness.shared.once(pidfd.descriptor.raw) { _ in self.reap() }
    }

    /// The end, once it has come: exit code or signal, and usage. Any number of tasks may wait.
    public func wait() async -> ProcessEnd {
        await withCheckedContinuation { continuation in
            let end = state.withLock { state in
                if state.end == nil { state.waiting.append(continuation) }
                return state.end
            }
            if let end { continuation.resume(returning: end) }
        }
    }

    /// The end if it has come.
    public var end: ProcessEnd? { state.withLock { $0.end } }

    /// Sends a signal to this process and no other. Throws `.noProcess` when it has ended.
    public func signal(_ number: Int32) throws(SystemError) { try pidfd.signal(number) }

    private func reap() {
        guard case .ended(_, let end) = Reaper.reap(identity.pid) else { return finish(Self.unwitnessed) }
        finish(end)
    }

    /// Somebody else took the status (SIGCHLD ignored by a program that uses this room): reported as exit code 255.
    private static let unwitnessed = ProcessEnd(
        cause: .exited(255), usage: ResourceUsage(cpuMicroseconds: 0, maxResidentBytes: 0))

    private func finish(_ end: ProcessEnd) {
        let waiting = state.withLock { state in
            state.end = end
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume(returning: end) }
    }
}
