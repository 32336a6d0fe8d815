internal import CSystem
internal import Glibc
internal import Synchronization

/// A socket for hints: datagrams that say "look again". They may be lost, and anybody may send them: what one says besides,
/// its word, is kept only where the kernel names this process's user or root as the sender. Sending never waits. One task at a time may wait on a socket; the file is removed with the value.
public final class HintSocket: Sendable {
    /// Where it is bound.
    public let path: String

    private let socket: Descriptor
    private let word = Mutex<[UInt8]?>(nil)

    /// Binds at a path; a stale socket of the same owner is replaced. Other users may send to it (0622).
    public init(at path: String) throws(SystemError) {
        self.path = path
        socket = try LocalSocket.make(SOCK_DGRAM)
        guard cs_unix_name_senders(socket.raw) == 0 else { throw SystemError(errno: errno, "name senders of hints") }
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
        var bytes = [UInt8](repeating: 0, count: Self.maximumWord)
        var count = 0
        while count < Self.maximumDrained {
            var sender = uid_t.max
            let size = cs_unix_receive(socket.raw, &bytes, bytes.count, &sender)
            guard size >= 0 else { break }
            count += 1
            guard (1...bytes.count).contains(size), sender == 0 || sender == geteuid() else { continue }
            word.withLock { $0 = Array(bytes.prefix(size)) }
        }
        return count
    }

    /// A word has at most so many bytes.
    public static let maximumWord = 64

    /// The last word that was taken with a hint, once.
    public func takeWord() -> [UInt8]? {
        word.withLock { word in
            defer { word = nil }
            return word
        }
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
    public static func send(to paths: [String], word: [UInt8] = []) -> [Outcome] {
        do throws(SystemError) {
            let socket = try LocalSocket.make(SOCK_DGRAM)
            return paths.map { send(word, to: $0, from: socket.raw) }
        } catch {
            return paths.map { _ in .refused(error.message) }
        }
    }

    private static func send(_ word: [UInt8], to path: String, from number: Int32) -> Outcome {
        do throws(SystemError) {
            switch try LocalSocket.reach(path, { cs_unix_send(number, $0, word, word.count) }) {
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
