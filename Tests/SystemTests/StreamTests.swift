import Glibc
import Testing

@testable import System

@Suite struct StreamTests {
    @Test(arguments: [
        ("127.0.0.1:9121", "127.0.0.1:9121"), ("[::1]:1", "[::1]:1"), ("localhost:80", "127.0.0.1:80"),
        ("9121", "127.0.0.1:9121"), (":9121", "127.0.0.1:9121"), ("0.0.0.0:65535", "0.0.0.0:65535"),
        ("[::]:0", "[::]:0"),
    ])
    func `An address is a numeric host and a port; a port alone is this host's`(text: String, meant: String) {
        #expect(ListenAddress(written: text)?.description == meant)
    }

    @Test(arguments: [
        "", ":", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "example.com:80", "::1:80", "[127.0.0.1]:80", "[::1]",
        "[::1:80", "1.2.3:80", "-1", "http://127.0.0.1:80", "127.0.0.1:80/metrics", " 127.0.0.1:80",
    ])
    func `Anything else is none`(text: String) {
        #expect(ListenAddress(written: text) == nil)
    }

    @Test(arguments: [
        ("127.0.0.1:2003", "127.0.0.1:2003"), ("[::1]:1", "[::1]:1"), ("carbon:2003", "carbon:2003"),
        ("a-b.example.com:65535", "a-b.example.com:65535"), ("", nil), ("2003", nil), (":2003", nil), ("a:0", nil),
        ("a:", nil), ("a", nil), ("a b:1", nil), ("::1:1", nil), ("[a]:1", nil), ("[127.0.0.1]:1", nil), ("ä:1", nil),
        ("http://a:1", nil), ("a:1/x", nil), ("a:65536", nil),
    ])
    func `A server is a name or an address, and a port`(text: String, meant: String?) {
        #expect(ServerAddress(written: text)?.description == meant)
    }

    @Test func `A server that nobody is, or whose name nobody knows, is told`() throws {
        let listener = try StreamListener(at: try #require(ListenAddress(written: "127.0.0.1:0")))
        let address = try #require(ServerAddress(written: "\(listener.address)"))
        _ = try ClientConnection(to: address, within: .seconds(60))
        let nobody = try #require(ServerAddress(written: "127.255.0.9:9"))
        #expect { try ClientConnection(to: nobody, within: .seconds(60)) } throws: {
            "\($0)" == "cannot connect to 127.255.0.9:9: Connection refused"
        }
        let unknown = try #require(ServerAddress(written: "no-such-name.invalid:9"))
        #expect { try ClientConnection(to: unknown, within: .seconds(60)) } throws: {
            "\($0)".hasPrefix("cannot look up no-such-name.invalid: ")
        }
    }

    @Test func `Only 127.x and ::1 are this host's alone`() {
        func isLoopback(_ text: String) -> Bool? { ListenAddress(written: text)?.isLoopback }
        #expect(isLoopback("127.9.0.1:1") == true && isLoopback("[::1]:1") == true)
        #expect(isLoopback("0.0.0.0:1") == false && isLoopback("[::]:1") == false && isLoopback("10.0.0.1:1") == false)
    }

    private func connect(to address: ListenAddress) throws -> StreamConnection {
        let raw = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var target = sockaddr_in()
        target.sin_family = sa_family_t(AF_INET)
        target.sin_port = address.port.bigEndian
        try #require(inet_pton(AF_INET, address.host, &target.sin_addr) == 1)
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafePointer(to: &target) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(raw, $0, size) }
        }
        try #require(result == 0)
        let descriptor = Descriptor(owning: raw)
        descriptor.setNonBlocking()
        return StreamConnection(descriptor)
    }

    private var soon: MonotonicTime { .now.advanced(milliseconds: patienceMilliseconds) }

    @Test func `What is sent arrives whole, however large, and then the end`() async throws {
        let listener = try StreamListener(at: try #require(ListenAddress(written: "127.0.0.1:0")))
        #expect(listener.address.port != 0)
        let client = try connect(to: listener.address)
        let server = try #require(try await listener.accept())
        // More than the kernel keeps for a reader who is not there.
        let sent = (0..<(16 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let patience = patienceMilliseconds
        async let writing: Void = {
            // Each part has its time: where much else runs, the whole of it takes long.
            for start in stride(from: 0, to: sent.count, by: 1 << 20) {
                try await server.write(
                    Array(sent[start..<start + 1 << 20]), until: .now.advanced(milliseconds: patience))
            }
            server.finish()
        }()
        var received: [UInt8] = []
        while true {
            let part = try await client.read(atMost: 64 << 10, until: soon)
            if part.isEmpty { break }
            received += part
        }
        try await writing
        #expect(received == sent)
    }

    @Test func `Who does not read or write is waited for until the deadline only`() async throws {
        let listener = try StreamListener(at: try #require(ListenAddress(written: "0")))
        let client = try connect(to: listener.address)
        let server = try #require(try await listener.accept())
        await #expect { try await server.read(atMost: 1, until: .now.advanced(milliseconds: 20)) } throws: {
            ($0 as? SystemError)?.code == .busy
        }
        await #expect {
            try await server.write([UInt8](repeating: 1, count: 64 << 20), until: .now.advanced(milliseconds: 20))
        } throws: {
            ($0 as? SystemError)?.code == .busy
        }
        withExtendedLifetime(client) {}
    }

    @Test func `An address that is taken is told; one that waits for a connection can be cancelled`() async throws {
        let listener = try StreamListener(at: try #require(ListenAddress(written: "0")))
        #expect { try StreamListener(at: listener.address) } throws: { ($0 as? SystemError)?.code == .exists }
        let waiting = Task { try await listener.accept() == nil }
        waiting.cancel()
        #expect(try await waiting.value)
    }
}
