internal import CSystem
internal import Glibc

/// A TCP socket that others connect to. For one task that accepts.
public final class StreamListener: Sendable {
    /// Where it listens, with the port that was given out.
    public let address: ListenAddress
    private let socket: Descriptor

    /// Connections that may wait to be accepted.
    static let backlog: Int32 = 16

    /// Listens. Throws `.exists` for an address that is in use, `.other` or `.permission` for one that this host or user
    /// cannot have.
    public init(at address: ListenAddress) throws(SystemError) {
        let raw = cs_tcp_listen(address.host, address.port, Self.backlog)
        guard raw >= 0 else { throw SystemError(errno: errno, "listen at \(address)") }
        socket = Descriptor(owning: raw)
        self.address = ListenAddress(host: address.host, port: UInt16(clamping: cs_tcp_port(socket.raw)))
    }

    /// Between two tries where there are no descriptors left.
    static let exhaustedPause = Duration.milliseconds(100)

    /// The next connection; nil when the task was cancelled.
    public func accept() async throws(SystemError) -> StreamConnection? {
        while true {
            guard try await Readiness.shared.readable(socket.raw) else { return nil }
            let number = socket.raw
            let raw = uninterrupted { cs_accept(number) }
            if raw >= 0 { return StreamConnection(Descriptor(owning: raw)) }
            if errno == EAGAIN || errno == ECONNABORTED { continue }
            // Want of memory or descriptors passes, and so do the network's own troubles (accept(2)).
            try? await Task.sleep(for: Self.exhaustedPause)
            if Task.isCancelled { return nil }
        }
    }
}

/// A connection of a listener. For one task; closed with the value.
public final class StreamConnection: Sendable {
    private let socket: Descriptor

    init(_ socket: consuming Descriptor) { self.socket = socket }

    /// What has come next, at most `limit` bytes; empty at the end. Throws `.busy` when the deadline has passed or the task
    /// was cancelled.
    public func read(atMost limit: Int, until deadline: MonotonicTime) async throws(SystemError) -> [UInt8] {
        while true {
            if let bytes = try socket.read(atMost: limit) { return bytes }
            guard try await Readiness.shared.readable(socket.raw, deadline: deadline) else { throw Self.late }
        }
    }

    /// Sends all bytes. Throws `.busy` when the deadline has passed or the task was cancelled.
    public func write(_ bytes: [UInt8], until deadline: MonotonicTime) async throws(SystemError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let number = socket.raw
            let sent = rest.withUnsafeBytes { part in
                uninterrupted { Glibc.send(number, part.baseAddress, part.count, Int32(MSG_NOSIGNAL)) }
            }
            if sent >= 0 {
                rest = rest.dropFirst(sent)
            } else if errno == EAGAIN {
                guard try await Readiness.shared.ready(number, for: .writing, deadline: deadline) else {
                    throw Self.late
                }
            } else {
                throw SystemError(errno: errno, "send to a connection")
            }
        }
    }

    /// Says that nothing more comes. What the other side still sends is not waited for.
    public func finish() { shutdown(socket.raw, Int32(SHUT_WR)) }

    private static var late: SystemError { SystemError(.busy, "the other side of a connection takes too long") }
}
