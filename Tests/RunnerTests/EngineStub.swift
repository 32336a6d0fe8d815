import Foundation
import Glibc
import PeerTesting

/// Answers at a local socket, in place of a container engine: each connection gets the same bytes, and is closed or left open.
final class EngineStub: Sendable {
    let path: String
    private let directory: String
    private let listener: Int32

    /// - Parameter answer: nil where nobody accepts.
    init(_ answer: [UInt8]?, closes: Bool = true) throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "interlock-engine-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
        path = "\(directory)/s"
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        guard Self.call(bind, listener, path) == 0, listen(listener, answer == nil ? 0 : 16) == 0 else {
            throw PeerError("no socket at \(path)")
        }
        guard let answer else { return }
        Thread {
            while case let connection = accept(listener, nil, nil), connection >= 0 {
                Self.serve(connection, answer, closes: closes)
            }
        }.start()
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
        try? FileManager.default.removeItem(atPath: directory)
    }

    /// One that waits to be accepted.
    func connectInVain() -> Bool {
        let waiting = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        return Self.call(connect, waiting, path) == 0
    }

    private static func serve(_ connection: Int32, _ answer: [UInt8], closes: Bool) {
        var request = [UInt8](repeating: 0, count: 4096)
        _ = recv(connection, &request, request.count, 0)
        var rest = answer[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard sent > 0 else { break }
            rest = rest.dropFirst(sent)
        }
        if !closes { _ = recv(connection, &request, request.count, 0) }
        close(connection)
    }

    private static func call(
        _ body: (Int32, UnsafePointer<sockaddr>?, socklen_t) -> Int32, _ socket: Int32, _ path: String
    ) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
