import EventStore
import Events
import MySQL
import ServerTesting
import StoreConformance
import Testing

/// Something done to a log of twelve events past its program, and where it is to be found.
struct Tampering: Sendable, CustomTestStringConvertible {
    var statements: [String]
    var position: Position

    init(_ statements: String..., at position: Position = 5) {
        self.statements = statements
        self.position = position
    }

    var testDescription: String { statements.joined(separator: "; ") }

    static func column(_ change: String) -> Tampering {
        Tampering("UPDATE event SET \(change) WHERE position = 5")
    }

    static let all: [Tampering] =
        [
            "position = 500", "id = 'zz.0'", "stream = 'session-zz'", "stream_version = stream_version + 1",
            "type = 'session.ended'", "schema_version = 2", "at = at + INTERVAL 1 MICROSECOND", "actor = 'Eve'",
            "host = 'h2'", "correlation = 'zz'", "causation = 4", "session = 'zz'", "session = NULL", "task = 'zz'",
            "payload = REPLACE(payload, 'L4', 'L5')", "payload = NULL", "payload_encoding = 1", "payload_encoding = 9",
            "payload_encoding = 2",
            "payload_size = payload_size + 1", "payload_checksum = REPEAT('a', 32)", "payload_checksum = NULL",
            "payload_hash = REPEAT('a', 32)", "hash = REPEAT('a', 32)",
        ].map(column) + [
            Tampering("DELETE FROM event WHERE position = 5"),
            Tampering("DELETE FROM event WHERE position = 1", at: 1),
            Tampering("DELETE FROM event WHERE position = 12", at: 12),
            Tampering("DELETE FROM event WHERE position >= 10", at: 10),
            Tampering(
                "UPDATE event SET position = 1000 WHERE position = 5",
                "UPDATE event SET position = 5 WHERE position = 6",
                "UPDATE event SET position = 6 WHERE position = 1000"),
            Tampering("UPDATE log_head SET hash = REPEAT('a', 32)", at: 12),
            Tampering("UPDATE log_head SET at = at + INTERVAL 1 SECOND", at: 12),
            Tampering("UPDATE log_head SET position = 20", at: 13),
            Tampering("UPDATE log_head SET position = 9", at: 9),
            // Put back in good order, but what is derived from the log has seen more.
            Tampering(
                """
                UPDATE log_head SET position = 9, hash = (SELECT hash FROM event WHERE position = 9), \
                at = (SELECT at FROM event WHERE position = 9)
                """, "DELETE FROM event WHERE position > 9", at: 10),
        ]
}

@Suite("Tampering", .database)
struct TamperTests {
    @Test("with the log is found, with its position", arguments: Tampering.all)
    func found(_ tampering: Tampering) async throws {
        let log = try await Scratch.filled()
        #expect(try await Scratch.scan().verify { _ in }.damage == nil)
        let tip = try await log.head()
        let connection = try Connection(ScratchDatabase.current)
        for statement in tampering.statements { try connection.run(statement) }
        let found = try await Scratch.scan().verify { _ in }
        #expect(found.damage?.position == tampering.position, "\(found.damage?.problem ?? "nothing found")")
        #expect(tip.position == 12)
    }

    @Test("with one byte of a compressed payload is found")
    func compressed() async throws {
        let log = try await Scratch.log()
        _ = try await log.submit(Submission("a", .open(["a"], label: String(repeating: "all the same ", count: 500))))
        try Scratch.run("UPDATE event SET payload = CONCAT(payload, CHAR(0))")
        #expect(try await Scratch.scan().verify { _ in }.damage?.position == 1)
    }

    @Test("a missing event is held at: what lies before it is read, nothing behind it")
    func hole() async throws {
        let log = try await Scratch.filled()
        try Scratch.run("DELETE FROM event WHERE position = 5")
        #expect(try await log.events(after: 0, limit: 100).map(\.position) == [1, 2, 3, 4])
        let before = MySQLLog<Book>.holesSeen
        let error = await #expect(throws: StoreError.self) { try await log.events(after: 4, limit: 100) }
        #expect(error?.code == .damaged && error?.position == 5)
        #expect(MySQLLog<Book>.holesSeen > before)
        #expect(try await log.events(after: 5, limit: 100).count == 7)
    }
}
