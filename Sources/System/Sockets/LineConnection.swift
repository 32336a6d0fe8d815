internal import CSystem
internal import Glibc

/// A local connection that carries lines of UTF-8, each at most `maximumLineBytes` long. Nothing here waits.
/// Not for several threads at once.
public final class LineConnection {
    /// The longest line, its newline not counted. A longer one ends the connection.
    public static let maximumLineBytes = 4096
    /// Bytes that may wait for a peer who does not read; more end the connection.
    public static let maximumUnsentBytes = 64 << 10

    private let socket: Descriptor
    private var received: [UInt8] = []
    private var unsent: [UInt8] = []
    private var hasEnded = false

    init(_ socket: consuming Descriptor) { self.socket = socket }

    /// Connects to a listener. Throws `.closed` or `.notFound` when nobody listens there.
    public convenience init(to path: String) throws(SystemError) {
        let socket = try LocalSocket.make(SOCK_STREAM)
        let number = socket.raw
        let result = try LocalSocket.reach(path) { cs_unix_connect(number, $0) }
        guard result == 0 else { throw SystemError(errno: result, "connect to \(path)") }
        self.init(socket)
    }

    /// The descriptor, for `waitUntilReadable`.
    public var descriptor: Int32 { socket.raw }

    /// The user at the other end, as the kernel knows it (SO_PEERCRED).
    public func peerUserID() throws(SystemError) -> UInt32 {
        var uid: uid_t = 0
        guard cs_peer_uid(socket.raw, &uid) == 0 else { throw SystemError(errno: errno, "ask who is connected") }
        return uid
    }

    /// The complete lines that have come, and whether the other side has closed. Throws `.tooLarge` for an endless line.
    public func takeLines() throws(SystemError) -> (lines: [String], hasEnded: Bool) {
        while !hasEnded && received.count <= Self.maximumUnsentBytes {
            guard let bytes = try socket.read(atMost: Self.maximumLineBytes) else { break }
            hasEnded = bytes.isEmpty
            received += bytes
        }
        var lines: [String] = []
        while let end = received.firstIndex(of: UInt8(ascii: "\n")) {
            lines.append(String(decoding: received[..<end], as: UTF8.self))
            received.removeFirst(end + 1)
        }
        guard received.count <= Self.maximumLineBytes else {
            throw SystemError(.tooLarge, "a line is longer than \(Self.maximumLineBytes) bytes")
        }
        return (lines, hasEnded)
    }

    /// Sends a line without waiting; what the peer does not take yet is kept and goes with the next call. Newlines in it
    /// become blanks. Throws `.closed` when the peer has gone, `.exhausted` when it has not read for too long.
    public func send(_ line: String) throws(SystemError) {
        let bytes = line.utf8.prefix(Self.maximumLineBytes).map { $0 == UInt8(ascii: "\n") ? UInt8(ascii: " ") : $0 }
        unsent += bytes + [UInt8(ascii: "\n")]
        try flush()
        guard unsent.count <= Self.maximumUnsentBytes else {
            throw SystemError(.exhausted, "the other side of a local connection does not read")
        }
    }

    /// Sends what is kept, as far as the peer takes it.
    public func flush() throws(SystemError) {
        let number = socket.raw
        while !unsent.isEmpty {
            let sent = unsent.withUnsafeBytes { bytes in
                uninterrupted { Glibc.send(number, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL)) }
            }
            if sent < 0 && errno == EAGAIN { return }
            guard sent >= 0 else { throw SystemError(errno: errno, "send to a local connection") }
            unsent.removeFirst(sent)
        }
    }
}

/// A local socket that others connect to.
public final class LineListener {
    private let socket: Descriptor
    private let path: String

    /// Connections that may wait to be accepted.
    public static let backlog: Int32 = 16

    /// Listens at a path; a stale socket of the same owner is replaced. Whoever may write the file may connect.
    public init(at path: String, mode: UInt32 = 0o600, owner: FileOwner? = nil) throws(SystemError) {
        self.path = path
        socket = try LocalSocket.make(SOCK_STREAM)
        try LocalSocket.bind(socket, to: path, mode: mode)
        if let owner, !owner.isShared, owner.userID != geteuid(), lchown(path, owner.userID, owner.groupID) != 0 {
            throw SystemError(errno: errno, "give \(path) to user \(owner.userID)")
        }
        guard listen(socket.raw, Self.backlog) == 0 else { throw SystemError(errno: errno, "listen at \(path)") }
    }

    deinit { unlink(path) }

    /// The descriptor, for `waitUntilReadable`.
    public var descriptor: Int32 { socket.raw }

    /// The next waiting connection; `nil` when there is none.
    public func accept() throws(SystemError) -> LineConnection? {
        let number = socket.raw
        let raw = uninterrupted { cs_accept(number) }
        if raw >= 0 { return LineConnection(Descriptor(owning: raw)) }
        if errno == EAGAIN || errno == ECONNABORTED { return nil }
        throw SystemError(errno: errno, "accept a connection at \(path)")
    }
}
