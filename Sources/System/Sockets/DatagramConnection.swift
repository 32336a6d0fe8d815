internal import CSystem
internal import Glibc

/// A UDP socket that exchanges datagrams with one address, and hears of nobody else (connect(2)). For one task at a time.
public final class DatagramConnection: Sendable {
    private let socket: Descriptor
    private let address: ListenAddress

    /// A socket towards an address; nothing is sent yet. Throws where this host has no way there.
    public init(to address: ListenAddress) throws(SystemError) {
        let raw = cs_udp_connect(address.host, address.port)
        guard raw >= 0 else { throw SystemError(errno: errno, "reach \(address)") }
        socket = Descriptor(owning: raw)
        self.address = address
    }

    /// Sends one datagram; never waits. Throws `.closed` when the host said that nobody listens there.
    public func send(_ bytes: [UInt8]) throws(SystemError) {
        let number = socket.raw
        let sent = bytes.withUnsafeBytes { buffer in
            uninterrupted { Glibc.send(number, buffer.baseAddress, buffer.count, 0) }
        }
        guard sent == bytes.count else { throw SystemError(errno: errno, "send to \(address)") }
    }

    /// The next datagram, cut off behind `limit` bytes; nil when the deadline has passed or the task was cancelled. Throws
    /// `.closed` when the host said that nobody listens there (ICMP, udp(7)).
    public func receive(atMost limit: Int, until deadline: MonotonicTime) async throws(SystemError) -> [UInt8]? {
        while true {
            if let bytes = try take(limit) { return bytes }
            guard try await Readiness.shared.readable(socket.raw, deadline: deadline) else { return nil }
        }
    }

    private func take(_ limit: Int) throws(SystemError) -> [UInt8]? {
        do throws(SystemError) {
            return try socket.read(atMost: limit)
        } catch {
            throw error.errno == ECONNREFUSED ? SystemError(.closed, "nobody listens at \(address)") : error
        }
    }
}
