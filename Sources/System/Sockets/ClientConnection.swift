internal import CSystem
internal import Glibc

/// A TCP connection to a server, for one thread that may be blocked. Closed with the value.
public final class ClientConnection {
    private let socket: Descriptor

    private static let discardedBytes = 4096

    /// Connects to the first address of the server that takes it, each for that long at most. Looking its name up takes as long as it
    /// takes.
    public init(to server: ServerAddress, within time: Duration) throws(SystemError) {
        let milliseconds = Int32(clamping: Int(time.seconds * 1000))
        var lookup: Int32 = 0
        let raw = cs_tcp_reach(server.host, server.port, milliseconds, &lookup)
        guard lookup == 0 else {
            let words = gai_strerror(lookup).map { String(cString: $0) } ?? "no such name"
            throw SystemError(.notFound, "cannot look up \(server.host): \(words)")
        }
        guard raw >= 0 else { throw SystemError(errno: errno, "connect to \(server)") }
        socket = Descriptor(owning: raw)
    }

    /// Writes as many bytes as go without waiting and says how many; 0 when the connection is full.
    public func writeSome(_ bytes: ArraySlice<UInt8>) throws(SystemError) -> Int {
        let number = socket.raw
        let sent = bytes.withUnsafeBytes { part in
            uninterrupted { send(number, part.baseAddress, part.count, Int32(MSG_NOSIGNAL)) }
        }
        if sent >= 0 { return sent }
        if errno == EAGAIN { return 0 }
        throw SystemError(errno: errno, "send to a server")
    }

    /// Bytes written that the other host has not acknowledged (SIOCOUTQ).
    public var unacknowledged: Int { Int(max(0, cs_tcp_unacknowledged(socket.raw))) }

    /// Whether the other side has closed it, or it has failed. What comes from there is thrown away.
    public var hasEnded: Bool {
        while true {
            do throws(SystemError) {
                guard let bytes = try socket.read(atMost: Self.discardedBytes) else { return false }
                if bytes.isEmpty { return true }
            } catch {
                return true
            }
        }
    }

    /// Waits until something has come, it has ended, it can be written to where that is asked, the bell rings or the time has passed
    /// (nil: without end). True when it can be written to.
    public func wait(forWriting: Bool, or bell: Bell, until deadline: MonotonicTime?) -> Bool {
        var entries = [
            pollfd(fd: socket.raw, events: Int16(forWriting ? POLLIN | POLLOUT : POLLIN), revents: 0),
            pollfd(fd: bell.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        poll(&entries, nfds_t(entries.count), deadline.map { Int32(clamping: $0.millisecondsFromNow) } ?? -1)
        bell.hush()
        return entries[0].revents & Int16(POLLOUT) != 0
    }
}

/// Wakes one thread that waits, from any other (eventfd(2)).
public final class Bell: Sendable {
    private let event: Descriptor

    /// A bell that is quiet.
    public init() throws(SystemError) {
        let raw = cs_event()
        guard raw >= 0 else { throw SystemError(errno: errno, "make an eventfd") }
        event = Descriptor(owning: raw)
    }

    var descriptor: Int32 { event.raw }

    /// Rings until it is heard.
    public func ring() {
        var one: UInt64 = 1
        _ = write(event.raw, &one, 8)
    }

    /// Waits until it rings or the time has passed; nil: without end.
    public func wait(until deadline: MonotonicTime?) {
        _ = waitUntilReadable([event.raw], milliseconds: deadline.map(\.millisecondsFromNow))
        hush()
    }

    func hush() {
        var value: UInt64 = 0
        _ = read(event.raw, &value, 8)
    }
}
