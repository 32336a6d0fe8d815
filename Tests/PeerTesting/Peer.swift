import Glibc
import ServerTesting

/// A server of others that a test runs: in the foreground, in a directory of its own, ended with the value.
public final class Peer {
    public let address: PeerAddress
    private let process: WatchedProcess

    /// Starts a command whose server will listen at `address`.
    public init(_ command: [String], at address: PeerAddress, _ directory: PeerDirectory) throws {
        self.address = address
        process = try WatchedProcess(command, directory: directory.path, log: directory.file("log"))
    }

    deinit { process.signal(SIGKILL) }

    public var id: Int32 { process.id }

    /// True while it has not ended.
    public var isRunning: Bool { !hasEnded(within: 0) }

    /// Waits up to `milliseconds` for its end and says whether it came.
    public func hasEnded(within milliseconds: Int32) -> Bool { process.hasEnded(within: milliseconds) }

    /// Ends it and waits for that.
    public func end() {
        process.signal(SIGKILL)
        process.waitForEnd()
    }
}

/// An address of this host that no other test uses: one of 16 million of loopback, and a port that needs no root.
public struct PeerAddress: Sendable, CustomStringConvertible {
    public let host: String
    public let port: UInt16

    public init() {
        func byte() -> Int { Int.random(in: 1...254) }
        host = "127.\(byte()).\(byte()).\(byte())"
        port = UInt16.random(in: 2000...9000)
    }

    /// Another port at the same address.
    public init(beside other: PeerAddress) {
        host = other.host
        port = other.port + 1
    }

    public var description: String { "\(host):\(port)" }
}
