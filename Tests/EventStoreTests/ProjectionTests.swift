import EventStore
import Events
import MySQL
import ServerTesting
import StoreConformance
import Testing

@Suite("Stored projections", .database)
struct ProjectionTests {
    private func differences() async throws -> [String: String] {
        let checks = try await Scratch.scan().check(Book.self, only: nil) { _ in }
        #expect(checks.map(\.name) == ["idle", "sessions"])
        return Dictionary(checks.compactMap { check in check.difference.map { (check.name, $0) } }) { first, _ in first
        }
    }

    @Test(
        "that were changed are named, and mended by a rebuild",
        arguments: [
            "UPDATE projection SET state = INSERT(state, 3, 1, 'X') WHERE name = 'sessions'",
            "UPDATE projection SET version = version + 1 WHERE name = 'sessions'",
            "UPDATE projection SET state_version = state_version + 1 WHERE name = 'sessions'",
            "UPDATE projection SET position = position + 1 WHERE name = 'sessions'",
            "UPDATE projection SET hash = REPEAT('a', 32) WHERE name = 'sessions'",
            "UPDATE projection SET checksum = REPEAT('a', 32) WHERE name = 'sessions'",
            "UPDATE projection SET state_encoding = 1 WHERE name = 'sessions'",
            "UPDATE projection SET state = '[]', state_size = 2, checksum = UNHEX(SHA2('[]', 256)) WHERE name = 'sessions'",
            "DELETE FROM projection WHERE name = 'sessions'",
        ])
    func changed(_ change: String) async throws {
        let log = try await Scratch.filled()
        #expect(try await differences().isEmpty)
        try Scratch.run(change)
        #expect(try await differences().keys.sorted() == ["sessions"])
        #expect(try await Scratch.scan().rebuild(Book.self) { _ in } == 12)
        #expect(try await differences().isEmpty)
        // Who worked before works on, and so does who comes now.
        #expect(try await log.submit(Submission("more", .open(["more"]))).positions == 13..<14)
        #expect(try await Scratch.log().submit(Submission("yet", .open(["yet"]))).reply == 10)
        #expect(try await differences().isEmpty)
    }

    @Test("are where another process begins: it does not read what came before")
    func restored() async throws {
        _ = try await Scratch.filled()
        _ = try await Scratch.scan().rebuild(Book.self) { _ in }
        try Scratch.run("DELETE FROM event WHERE position < 12")
        let other = try await Scratch.log()
        #expect(try await other.inspect { book, _ in book.open.count } == 8)
        #expect(try await other.inspect { book, _ in book.open["s5"] } == "L5")
        #expect(try await other.submit(Submission("more", .open(["more"]))).positions == 13..<14)
    }

    @Test("of another writer's wrong version abandon the whole transaction")
    func guarded() async throws {
        let log = try await Scratch.filled()
        try Scratch.run("UPDATE projection SET version = version + 1 WHERE name = 'sessions'")
        let error = await #expect(throws: StoreError.self) { try await log.submit(Submission("more", .open(["more"]))) }
        #expect(error?.code == .inconsistent)
        #expect(try Scratch.number("SELECT COUNT(*) FROM event") == 12)
        #expect(try await log.head().position == 12)
    }

    @Test("that were counted wrongly and rebuilt are loaded again by who had counted on")
    func recounted() async throws {
        _ = try await Scratch.filled()
        _ = try await Scratch.scan().rebuild(Book.self) { _ in }
        try Scratch.run("UPDATE projection SET version = version + 5, state_version = state_version + 5")
        let log = try await Scratch.log()
        _ = try await log.submit(Submission("a", .open(["a"])))
        _ = try await Scratch.scan().rebuild(Book.self) { _ in }
        await #expect(throws: StoreError.self) { try await log.submit(Submission("b", .open(["b"]))) }
        #expect(try await log.submit(Submission("b", .open(["b"]))).positions == 14..<15)
        #expect(try await differences().isEmpty)
    }

    @Test("and state of another history are dropped")
    func otherHistory() async throws {
        let log = try await Scratch.filled()
        #expect(try await log.inspect { book, _ in book.open.count } == 8)
        // Another history takes the place of this one, and is longer.
        try Scratch.run(
            "DELETE FROM event", "DELETE FROM projection",
            "UPDATE log_head SET position = 0, hash = REPEAT(CHAR(0), 32), at = '1970-01-01 00:00:00'")
        let other = try await Scratch.log()
        for index in 0..<14 { _ = try await other.submit(Submission("o\(index)", .open(["other\(index)"]))) }
        #expect(try await log.inspect { book, _ in book.open.keys.allSatisfy { $0.hasPrefix("other") } })
        #expect(try await log.submit(Submission("more", .open(["s0"]))).reply == 15)
        #expect(try await differences().isEmpty)
        #expect(try await Scratch.scan().verify { _ in }.damage == nil)
    }

    @Test("are not rebuilt from a log that was changed: that is told, with its position")
    func damaged() async throws {
        _ = try await Scratch.filled()
        try Scratch.run("UPDATE event SET actor = 'Eve' WHERE position = 5")
        let error = await #expect(throws: StoreError.self) { try await Scratch.scan().rebuild(Book.self) { _ in } }
        #expect(error?.code == .damaged && error?.position == 5)
    }
}
