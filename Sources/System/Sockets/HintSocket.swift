internal import CSystem
internal import Glibc

/// A socket for hints: empty datagrams that say "look again". They may be lost and carry nothing, so anybody may send them.
/// Sending never waits. One task at a time may wait on a socket; the file is removed with the value.
public final class HintSocket: Sendable {
    /// Where it is bound.
    public let path: String

    private let socket: Descriptor

    /// Binds at a path; a stale socket of the same owner is replaced. Other users may send to it (0622).
    public init(at path: String) throws(SystemError) {
        self.path = path
        socket = try LocalSocket.make(SOCK_DGRAM)
        try LocalSocket.bind(socket, to: path, mode: 0o622)
    }

    deinit { unlink(path) }

    /// Makes the directory that all users of a database on this host share: everybody may put sockets there, nobody may
    /// remove another's (mode 1777). One that is there stays as it is.
    public static func makeDirectory(_ path: String) throws(SystemError) {
        try DurableFile.makeDirectory(path, mode: 0o1777)
    }

    /// Waits for a hint and takes all that came: true when there were any, false when the time passed or the task was
    /// cancelled. No time waits without end. Throws `.busy` while another task waits.
    public func wait(timeout: Duration? = nil) async throws(SystemError) -> Bool {
        if drain() > 0 { return true }
        let deadline = timeout.map { MonotonicTime.now.advanced(by: $0) }
        guard try await Readiness.shared.readable(socket.raw, deadline: deadline) else { return false }
        return drain() > 0
    }

    /// At most so many hints are taken at once; the kernel keeps far fewer (net.unix.max_dgram_qlen).
    public static let maximumDrained = 4096

    /// Takes the hints that are there and says how many, without waiting.
    @discardableResult
    public func drain() -> Int {
        var byte: UInt8 = 0
        var count = 0
        while count < Self.maximumDrained && recv(socket.raw, &byte, 1, Int32(MSG_DONTWAIT)) >= 0 { count += 1 }
        return count
    }

    /// What became of a hint.
    public enum Outcome: Sendable, Equatable {
        /// It was sent.
        case sent
        /// The socket holds as many as it can: its owner will look anyway.
        case full
        /// Nobody listens there any more.
        case gone
        /// The kernel refused; the message says why.
        case refused(String)
    }

    /// Sends hints to sockets, never waiting, and says for each what became of it.
    public static func send(to paths: [String]) -> [Outcome] {
        do throws(SystemError) {
            let socket = try LocalSocket.make(SOCK_DGRAM)
            return paths.map { send(to: $0, from: socket.raw) }
        } catch {
            return paths.map { _ in .refused(error.message) }
        }
    }

    private static func send(to path: String, from number: Int32) -> Outcome {
        do throws(SystemError) {
            switch try LocalSocket.reach(path, { cs_unix_send(number, $0, nil, 0) }) {
            case 0: return .sent
            case EAGAIN, ENOBUFS: return .full
            case ECONNREFUSED, ENOENT, ENOTDIR, EPROTOTYPE, ENOTSOCK: return .gone
            case let failure: return .refused(SystemError(errno: failure, "send a hint to \(path)").message)
            }
        } catch {
            return error.code == .notFound ? .gone : .refused(error.message)
        }
    }
}
