import Glibc
import Testing

@testable import System

/// Hears what a service tells its manager.
final class Manager: Sendable {
    let path: String
    private let socket: Descriptor

    init(in scratch: Scratch) throws {
        path = scratch.file("notify")
        socket = try LocalSocket.make(SOCK_DGRAM)
        try LocalSocket.bind(socket, to: path, mode: 0o600)
    }

    /// The next message that holds this text.
    func hears(_ text: String) async throws -> String {
        let deadline = MonotonicTime.now.advanced(by: patience)
        while true {
            var bytes = [UInt8](repeating: 0, count: 4096)
            let count = recv(socket.raw, &bytes, bytes.count, Int32(MSG_DONTWAIT))
            if count > 0 {
                let message = String(decoding: bytes.prefix(count), as: UTF8.self)
                if message.contains(text) { return message }
                continue
            }
            guard try await Readiness.shared.readable(socket.raw, deadline: deadline) else {
                throw NeverHappened(what: "the service says \(text)")
            }
        }
    }
    /// Passes by what has been said.
    func forget() {
        while (try? socket.read(atMost: 4096)) != nil {}
    }

    /// Whether anything is said in that time.
    func isHeard(within time: Duration) async throws -> Bool {
        try await Readiness.shared.readable(socket.raw, deadline: .now.advanced(by: time))
    }
}
