import Dispatch
import EventStore
import Events
import ServerTesting
import StoreConformance
import Synchronization
import Testing

@Suite("Snapshots", .database)
struct SnapshotTests {
    /// Events between two: the state is not stored more often.
    private static let interval = 128

    /// A log of some thousand events: sessions are opened and closed in turn.
    private func grown(to count: Int) async throws -> MySQLLog<Book> {
        let log = try MySQLLog<Book>(
            ScratchDatabase.current, newDatabaseID: Scratch.databaseID, snapshotInterval: Self.interval)
        try await log.open()
        var next = 0
        while try await log.head().position < count {
            let names = (next..<next + 40).map { "s\($0)" }
            _ = try await log.submit(Submission("o\(next)", .open(names, label: "L\(next)")))
            for name in names.prefix(30) { _ = try await log.submit(Submission("c\(name)", .close(name))) }
            next += 40
        }
        return log
    }

    private func expectFold(of log: MySQLLog<Book>, upTo positions: [Position]) async throws {
        let scan = try Scratch.scan()
        let events = try await log.events(after: 0, limit: .max)
        var book = Book()
        var states: [Position: Book] = [0: book]
        for event in events {
            try book.evolve(try event.fact())
            states[event.position] = book
        }
        for position in positions {
            let past = try await scan.state(Book.self, at: position)
            #expect(past.state == states[position], "at \(position)")
            #expect(past.brokenSnapshot == nil, "at \(position)")
        }
    }

    private func kept() throws -> Int { try Scratch.number("SELECT COUNT(DISTINCT position) FROM snapshot") }

    @Test("are kept every interval, and a jump to any position gives the fold of all events up to it")
    func jumps() async throws {
        let log = try await grown(to: 1000)
        #expect((5...8).contains(try kept()))
        let head = try await log.head().position
        let marks = [0, 1, 127, 128, 129, 500, head - 1, head] + stride(from: 7, to: head, by: 61)
        try await expectFold(of: log, upTo: Array(marks))
        #expect(try await Scratch.scan().check(Book.self, only: nil) { _ in }.allSatisfy { $0.difference == nil })
    }

    @Test("spare the reading of what lies before the last two")
    func spared() async throws {
        let log = try await grown(to: 1000)
        let head = try await log.head().position
        let second = try Scratch.number(
            "SELECT DISTINCT position FROM snapshot ORDER BY position DESC LIMIT 1 OFFSET 1")
        try Scratch.run("DELETE FROM event WHERE position < \(second)")
        let state = try await Scratch.scan().state(Book.self, at: head).state
        #expect(state == (try await log.inspect { book, _ in book }))
    }

    @Test(
        "that are not the fold of the log are named, are not used, and are mended by a rebuild",
        arguments: [
            "state = '[]', state_size = 2, state_encoding = 0, checksum = UNHEX(SHA2('[]', 256))",
            "state = INSERT(state, 3, 1, 'X')", "hash = REPEAT('a', 32)", "state_version = state_version + 1",
        ])
    func broken(_ change: String) async throws {
        let log = try await grown(to: 700)
        let head = try await log.head().position
        let broken = try Scratch.number("SELECT MAX(position) FROM snapshot")
        try Scratch.run("UPDATE snapshot SET \(change) WHERE name = 'sessions' AND position = \(broken)")
        let scan = try Scratch.scan()
        let past = try await scan.state(Book.self, at: head)
        #expect(past.brokenSnapshot == broken)
        #expect(past.state == (try await log.inspect { book, _ in book }))
        let checks = try await scan.check(Book.self, only: nil) { _ in }
        #expect(checks.first { $0.name == "sessions" }?.difference?.contains("snapshot at position \(broken)") == true)
        #expect(try await scan.rebuild(Book.self, snapshotInterval: Self.interval) { _ in } == head)
        #expect(try await scan.check(Book.self, only: nil) { _ in }.allSatisfy { $0.difference == nil })
        try await expectFold(of: log, upTo: [broken - 1, broken, head])
        #expect(try kept() == head / Self.interval)
    }

    @Test("before the one that is used are not trusted either")
    func base() async throws {
        let log = try await grown(to: 700)
        let head = try await log.head().position
        let base = try Scratch.number("SELECT DISTINCT position FROM snapshot ORDER BY position DESC LIMIT 1 OFFSET 1")
        try Scratch.run("UPDATE snapshot SET hash = REPEAT('b', 32) WHERE position = \(base)")
        let past = try await Scratch.scan().state(Book.self, at: head)
        #expect(past.brokenSnapshot == base)
        #expect(past.state == (try await log.inspect { book, _ in book }))
    }

    @Test("that know an event are forgotten with its texts")
    func redacted() async throws {
        let log = try await grown(to: 700)
        let first = try Scratch.number("SELECT MIN(position) FROM snapshot")
        _ = try await log.submit(Submission("erase", .redact(first + 1)))
        let head = try await log.head().position
        let known = "SELECT COUNT(*) FROM snapshot WHERE position > \(first) AND position < \(head)"
        #expect(try Scratch.number(known) == 0)
        try await expectFold(of: log, upTo: [first, first + 1, head])
    }

    @Test("are not made by a rebuild of what was redacted meanwhile")
    func rebuiltBesideRedaction() async throws {
        let log = try await Scratch.log()
        _ = try await log.submit(Submission("long", .open(["long"], label: "SECRET")))
        _ = try await grown(to: 700)
        _ = try await log.submit(Submission("end", .close("long")))
        let erased = Mutex(false)
        // While the log is folded for the rebuild, an event that was read already loses its texts.
        let redact: @Sendable (FoldNotice) -> Void = { _ in
            guard
                erased.withLock({ erased in
                    defer { erased = true }
                    return !erased
                })
            else { return }
            let done = DispatchSemaphore(value: 0)
            Task {
                _ = try? await log.submit(Submission("erase", .redact(1)))
                done.signal()
            }
            done.wait()
        }
        _ = try await Scratch.scan().rebuild(Book.self, snapshotInterval: Self.interval, redact)
        #expect(try Scratch.number("SELECT COUNT(*) FROM event WHERE type = 'log.redacted'") == 1)
        #expect(try await Scratch.scan().check(Book.self, only: nil) { _ in }.allSatisfy { $0.difference == nil })
        #expect(try Scratch.number("SELECT COUNT(*) FROM snapshot WHERE INSTR(state, 'SECRET') > 0") == 0)
    }
}
