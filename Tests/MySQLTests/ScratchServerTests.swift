import Glibc
import MySQL
import ServerTesting
import Testing

@Suite("A scratch server", .timeLimit(.minutes(5)))
struct ScratchServerTests {
    @Test("keeps its data over a stop and a kill")
    func restart() async throws {
        let server = try await ScratchServer.start()
        let endpoint = try await server.createDatabase()
        try Connection(endpoint).run("CREATE TABLE t (id INT PRIMARY KEY)")
        for (number, end) in [server.stop, server.kill].enumerated() {
            try Connection(endpoint).execute("INSERT INTO t VALUES (?)", [.int(Int64(number))])
            try await end()
            #expect(server.processID == nil)
            try await server.restart()
        }
        #expect(try Connection(endpoint).queryOne("SELECT COUNT(*) FROM t") { try $0.int(0) } == 2)
    }

    @Test("goes with its object")
    func release() async throws {
        var directory = ""
        do { directory = try await ScratchServer.start().directory }
        #expect(isGone(directory))
    }

    @Test("goes with its process, even if that is killed")
    func parentKilled() async throws {
        let note = "/tmp/interlock-test-note-\(getpid())"
        defer { unlink(note) }
        await #expect(processExitsWith: .signal(SIGKILL)) { [note = note as String] in
            let server = try await ScratchServer.start()
            let file = fopen(note, "w")
            fputs(server.directory, file)
            fclose(file)
            kill(getpid(), SIGKILL)
        }
        let file = try #require(fopen(note, "r"))
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 200)
        _ = fgets(&line, 200, file)
        let directory = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        #expect(directory.hasPrefix("/tmp/interlock-test-"))
        #expect(isGone(directory))
    }

    /// Asks until the directory is gone, which the server's watcher does last; nobody tells when.
    private func isGone(_ directory: String) -> Bool {
        let deadline = ContinuousClock.now + .seconds(30)
        while access(directory, F_OK) == 0 {
            guard ContinuousClock.now < deadline else { return false }
            poll(nil, 0, 10)
        }
        return true
    }
}

@Suite("A test with a database", .database)
struct DatabaseTraitTests {
    @Test("has one of its own, and it is empty", arguments: 0..<8)
    func empty(number: Int) throws {
        let connection = try Connection(try ScratchDatabase.current)
        #expect(try connection.queryOne("SHOW TABLES") { try $0.text(0) } == nil)
        try connection.run("CREATE TABLE t (id INT)")
    }
}
