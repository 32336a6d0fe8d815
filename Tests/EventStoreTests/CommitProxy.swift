import Foundation
import Glibc
import MySQL
import Synchronization

/// Stands between a log and its server, on a Unix socket, and cuts connections at COMMIT when it is told to.
final class CommitProxy: Sendable {
    /// Where the connection is cut.
    enum Cut: Sendable {
        /// The server has not heard of the COMMIT.
        case before
        /// The server has answered it, and nobody hears the answer.
        case after
    }

    let path: String
    private let server: String
    private let listener: Int32
    private let armed = Mutex<Cut?>(nil)
    private let cuts = Mutex(0)

    init(server: String, in directory: String) throws {
        self.server = server
        path = directory + "/proxy\(UInt32.random(in: 0...UInt32.max))"
        let place = path
        listener = try Self.unixSocket({ bind($0, $1, $2) == 0 && listen($0, 64) == 0 }, path: { place })
        Thread.detachNewThread { self.accept() }
    }

    deinit {
        close(listener)
        unlink(path)
    }

    /// The next COMMIT is cut.
    func arm(_ cut: Cut) { armed.withLock { $0 = cut } }

    /// How many were.
    var count: Int { cuts.withLock { $0 } }

    private func accept() {
        while true {
            let client = Glibc.accept(listener, nil, nil)
            guard client >= 0 else { return }
            Thread.detachNewThread { self.relay(client) }
        }
    }

    private func relay(_ client: Int32) {
        defer { close(client) }
        guard let upstream = try? Self.unixSocket({ connect($0, $1, $2) == 0 }, path: { server }) else { return }
        defer { close(upstream) }
        while true {
            var ends = [
                pollfd(fd: client, events: Int16(POLLIN), revents: 0),
                pollfd(fd: upstream, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&ends, 2, -1) > 0 else { continue }
            if ends[1].revents != 0 {
                guard let bytes = Self.receive(upstream), Self.send(bytes, to: client) else { return }
            }
            if ends[0].revents != 0 {
                guard let bytes = Self.receive(client) else { return }
                let cut = bytes.dropFirst(5).elementsEqual("COMMIT".utf8) ? armed.withLock { $0.take() } : nil
                if cut == .before { return cuts.withLock { $0 += 1 } }
                guard Self.send(bytes, to: upstream) else { return }
                if cut == .after {
                    _ = Self.receive(upstream)
                    return cuts.withLock { $0 += 1 }
                }
            }
        }
    }

    private static func receive(_ socket: Int32) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(socket, &bytes, bytes.count)
        return count > 0 ? Array(bytes[..<count]) : nil
    }

    private static func send(_ bytes: [UInt8], to socket: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private static func unixSocket(
        _ use: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Bool, path: () -> String
    ) throws -> Int32 {
        let socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let name = Array(path().utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let isUsed = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                use(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard isUsed else {
            close(socket)
            throw POSIXError(.ECONNREFUSED)
        }
        return socket
    }
}
