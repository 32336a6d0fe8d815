import Glibc
import Testing

@testable import System

@Suite struct SocketTests {
    @Test func `A full socket never blocks its sender, and one drain empties it`() throws {
        let scratch = try Scratch()
        let socket = try HintSocket(at: scratch.file("hints"))
        var sent = 0
        while HintSocket.send(to: [socket.path]) == [.sent] && sent < HintSocket.maximumDrained { sent += 1 }
        #expect(HintSocket.send(to: [socket.path]) == [.full])
        #expect(sent > 0 && sent < HintSocket.maximumDrained)
        #expect(socket.drain() == sent)
        #expect(HintSocket.send(to: [socket.path]) == [.sent])
    }

    @Test func `Dead sockets are ignored, and the living ones behind them reached`() throws {
        let scratch = try Scratch()
        let living = try HintSocket(at: scratch.file("living"))
        do { _ = try HintSocket(at: scratch.file("removed")) }
        // A socket whose process was killed leaves its file.
        let dead = try LocalSocket.make(SOCK_DGRAM)
        try LocalSocket.bind(dead, to: scratch.file("dead"), mode: 0o622)
        func drop(_ socket: consuming Descriptor) {}
        drop(dead)
        // A child that another test just forked holds a copy for a moment.
        let deadline = MonotonicTime.now.advanced(milliseconds: patienceMilliseconds)
        while HintSocket.send(to: [scratch.file("dead")]) != [.gone] && MonotonicTime.now < deadline {}
        let paths = [scratch.file("removed"), scratch.file("dead"), "/no/such/directory/socket", living.path]
        #expect(HintSocket.send(to: paths) == [.gone, .gone, .gone, .sent])
        #expect(living.drain() == 1)
    }

    @Test func `A waiter is woken by a hint, or by its time`() async throws {
        let scratch = try Scratch()
        let socket = try HintSocket(at: scratch.file("hints"))
        async let woken = socket.wait(timeout: .seconds(60))
        #expect(HintSocket.send(to: [socket.path, socket.path]) == [.sent, .sent])
        #expect(try await woken)
        socket.drain()
        #expect(try await !socket.wait(timeout: .milliseconds(5)))
        let cancelled = Task { try await socket.wait() }
        cancelled.cancel()
        #expect(try await cancelled.value == false)
    }

    @Test func `A hint's word is there once, for who trusts its sender: this user or root`() async throws {
        let scratch = try Scratch()
        let socket = try HintSocket(at: scratch.file("hints"))
        #expect(HintSocket.send(to: [socket.path], word: [1, 2, 3]) == [.sent])
        #expect(HintSocket.send(to: [socket.path]) == [.sent])
        #expect(try await socket.wait())
        #expect(socket.takeWord() == [1, 2, 3])
        #expect(socket.takeWord() == nil)
    }

    @Test func `Others may send hints, nobody may remove another's socket`() throws {
        let scratch = try Scratch()
        try HintSocket.makeDirectory(scratch.file("shared"))
        let socket = try HintSocket(at: scratch.file("shared/one"))
        #expect(try mode(scratch.file("shared")) == 0o1777)
        #expect(try mode(socket.path) == 0o622)
    }

    @Test func `A path beyond sun_path works all the same`() throws {
        let scratch = try Scratch()
        let deep = scratch.file(String(repeating: "d", count: 120))
        try DurableFile.makeDirectory(deep)
        let socket = try HintSocket(at: "\(deep)/hints")
        #expect(HintSocket.send(to: [socket.path]) == [.sent])
        #expect(socket.drain() == 1)
        let tooLong = "\(deep)/\(String(repeating: "n", count: 120))"
        let failure = #expect(throws: SystemError.self) { try HintSocket(at: tooLong) }
        #expect(failure?.code == .tooLarge)
    }

    @Test func `Lines come whole, from a peer the kernel names, and an endless one is refused`() throws {
        let scratch = try Scratch()
        let listener = try LineListener(at: scratch.file("control"))
        #expect(try mode(scratch.file("control")) == 0o600)
        let client = try LineConnection(to: scratch.file("control"))
        let server = try #require(try listener.accept())
        #expect(try server.peerUserID() == Host.userID)
        try client.send("one")
        try client.send("two\nlines")
        #expect(try server.takeLines().lines == ["one", "two lines"])
        let endless = try LineConnection(to: scratch.file("control"))
        let receiver = try #require(try listener.accept())
        for _ in 0..<3 { try endless.sendRaw([UInt8](repeating: 65, count: LineConnection.maximumLineBytes)) }
        #expect(throws: SystemError.self) { try receiver.takeLines() }
    }

    @Test func `A peer who does not read ends his connection, not the sender`() throws {
        let scratch = try Scratch()
        let listener = try LineListener(at: scratch.file("control"))
        let client = try LineConnection(to: scratch.file("control"))
        let server = try #require(try listener.accept())
        let line = String(repeating: "x", count: LineConnection.maximumLineBytes)
        let failure = #expect(throws: SystemError.self) { for _ in 0..<10_000 { try server.send(line) } }
        #expect(failure?.code == .exhausted)
        _ = client.descriptor
    }

    private func mode(_ path: String) throws -> mode_t {
        var status = stat()
        try #require(stat(path, &status) == 0)
        return status.st_mode & 0o7777
    }
}

extension LineConnection {
    /// Bytes without a newline, as a stranger may send them.
    fileprivate func sendRaw(_ bytes: [UInt8]) throws {
        try #require(Glibc.send(descriptor, bytes, bytes.count, 0) == bytes.count)
    }
}
