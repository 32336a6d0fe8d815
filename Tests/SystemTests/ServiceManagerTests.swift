import Glibc
import Testing

@testable import System

@Suite("A service manager")
struct ServiceManagerTests {
    /// What one socket hears, without waiting: a datagram is there when it was sent.
    private func heard(_ socket: borrowing Descriptor) -> String? {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = recv(socket.raw, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        return count > 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
    }

    /// A socket that the kernel named.
    private struct Named: ~Copyable {
        let socket: Descriptor
        /// As NOTIFY_SOCKET has it.
        let address: String

        /// An abstract address of five hexadecimal digits (unix(7), autobind).
        init() throws {
            let socket = try LocalSocket.make(SOCK_DGRAM)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            let family = MemoryLayout<sa_family_t>.size
            var length = socklen_t(MemoryLayout<sockaddr_un>.size)
            let number = socket.raw
            let result = withUnsafeMutablePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(number, $0, socklen_t(family)) + getsockname(number, $0, &length)
                }
            }
            try #require(result == 0)
            self.address = withUnsafeBytes(of: address.sun_path) { path in
                "@" + String(decoding: path[1..<Int(length) - family], as: UTF8.self)
            }
            self.socket = socket
        }
    }

    @Test("is told at an abstract address, and nothing that is said ends a line")
    func abstractAddress() throws {
        let named = try Named()
        let manager = try #require(ServiceManager(Environment([("NOTIFY_SOCKET", named.address)])))
        manager.ready("serving\nMAINPID=1")
        #expect(heard(named.socket) == "READY=1\nSTATUS=serving MAINPID=1")
        manager.pulse()
        #expect(heard(named.socket) == nil, "nobody asked for signs of life")
    }

    @Test("is not there without a socket, and hears no signs of life that another process is to give")
    func others() throws {
        #expect(ServiceManager(Environment([])) == nil)
        let named = try Named()
        for (process, isHeard) in [("1", false), (String(getpid()), true)] {
            let manager = ServiceManager(
                Environment([("NOTIFY_SOCKET", named.address), ("WATCHDOG_USEC", "1000000"), ("WATCHDOG_PID", process)])
            )
            try #require(manager).pulse()
            #expect((heard(named.socket) == "WATCHDOG=1") == isHeard)
        }
    }
}
