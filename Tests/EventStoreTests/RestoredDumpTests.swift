import Digest
import EventStore
import Events
import MySQL
import ServerTesting
import StoreConformance
import System
import Testing

@Suite("A database that was restored from an older dump", .database)
struct RestoredDumpTests {
    /// Twelve events, a dump, three more.
    private func restored(_ directory: StateDirectory) async throws -> MySQLLog<Book> {
        let log = try await directory.log()
        for index in 0..<12 { _ = try await log.submit(Submission("c\(index)", .open(["s\(index)"], label: "L"))) }
        try Dump.keep()
        for index in 12..<15 { _ = try await log.submit(Submission("c\(index)", .open(["s\(index)"]))) }
        try Dump.restore()
        return log
    }

    @Test("is refused by who lived through it, whatever he asks, and by who comes new")
    func refused() async throws {
        let directory = try StateDirectory()
        let log = try await restored(directory)
        let words = "ends at position 12, and position 15 was seen"
        await expectRestored(words) { _ = try await log.submit(Submission("x", .open(["x"]))) }
        await expectRestored(words) { _ = try await log.inspect { book, _ in book.open.count } }
        await expectRestored(words) { _ = try await log.inspectDurably { book, _ in book.open.count } }
        await expectRestored(words) { _ = try await log.durableEvents(after: 15, limit: 10) }
        await expectRestored(words) { _ = try await log.events(after: 0, limit: 10) }
        await expectRestored(words) { _ = try await log.head() }
        await expectRestored(words) { _ = try await directory.log() }
        let scan = try LogScan(ScratchDatabase.current, seen: directory.seen)
        await expectRestored(words) { _ = try await scan.current(Book.self) }
        #expect(try Scratch.number("SELECT MAX(position) FROM event") == 12)
        // To look back it is good enough.
        #expect(try await Scratch.scan().problem(of: directory.seen)?.code == .restored)
        #expect(try await Scratch.scan().verify { _ in }.damage == nil)
        // Where nothing was seen there is nothing to compare with.
        #expect(try await StateDirectory().log().head().position == 12)
    }

    @Test("is refused by who knew just what the dump has, when others of his host have seen more")
    func idle() async throws {
        let directory = try StateDirectory()
        let log = try await directory.log()
        for index in 0..<3 { _ = try await log.submit(Submission("c\(index)", .open(["s\(index)"]))) }
        try Dump.keep()
        _ = try await directory.log().submit(Submission("d", .open(["d"])))
        try Dump.restore()
        await expectRestored("ends at position 3, and position 4") {
            _ = try await log.submit(Submission("x", .open(["x"])))
        }
    }

    @Test("is not what others have appended to while one looks: who comes new beside a busy writer is never refused")
    func busy() async throws {
        let directory = try StateDirectory()
        let writer = try await directory.log()
        let writing = Task {
            var index = 0
            while !Task.isCancelled {
                _ = try await writer.submit(Submission("w\(index)", .open(["w\(index)"])))
                index += 1
            }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    for _ in 0..<40 {
                        _ = try await directory.log().inspect { book, _ in book.open.count }
                        #expect(try await Scratch.scan().problem(of: directory.seen) == nil)
                    }
                }
            }
            try await group.waitForAll()
        }
        writing.cancel()
        try await writing.value
    }

    @Test(
        "is not what others have appended to while one was stopped: what counts is what was seen before the head was read"
    )
    func stopped() async throws {
        let directory = try StateDirectory()
        let log = try await directory.log()
        _ = try await log.submit(Submission("a", .open(["a"])))
        let holder = try Connection(try ScratchDatabase.current)
        try holder.begin()
        try holder.query("SELECT position FROM log_head WHERE id = 1 FOR UPDATE") { _ in }
        async let receipt = log.submit(Submission("b", .open(["b"])))
        do {
            // Whatever fails, it is let go: the log waits for it.
            defer { try? holder.commit() }
            while try !Scratch.clients().contains(where: { $0.statement?.hasSuffix("FOR UPDATE") == true }) {}
            directory.seen.saw(Head(position: 7, hash: .zero), of: Scratch.databaseID)
        }
        #expect(try await receipt.positions == 2..<3)
        // What is read from here on is behind it.
        await expectRestored("ends at position 2, and position 7 was seen") { _ = try await log.head() }
    }

    @Test("is refused when others went on with it: the event that was seen is another one")
    func differs() async throws {
        let directory = try StateDirectory()
        let log = try await restored(directory)
        let stranger = try await Scratch.log()
        for index in 0..<9 { _ = try await stranger.submit(Submission("y\(index)", .open(["y\(index)"]))) }
        await expectRestored("event 15 of the database is not the one") {
            _ = try await log.submit(Submission("x", .open(["x"])))
        }
        await expectRestored("event 15 of the database is not the one") { _ = try await directory.log() }
    }

    @Test("is refused where it is another database, also an empty one")
    func another() async throws {
        let directory = try StateDirectory()
        directory.seen.saw(Head(position: 1, hash: .zero), of: "other")
        await expectRestored("is another one (test) than this state directory belongs to (other)") {
            _ = try await directory.log()
        }
        _ = try await Scratch.filled()
        await expectRestored("is another one (test) than this state directory belongs to (other)") {
            _ = try await directory.log()
        }
    }

    @Test("is what it was for every host whose highest lies in what log.restored left out, and for no other")
    func gap() async throws {
        let (directory, inGap, ahead) = (try StateDirectory(), try StateDirectory(), try StateDirectory())
        let log = try await restored(directory)
        inGap.seen.saw(Head(position: 500_000, hash: .zero), of: Scratch.databaseID)
        ahead.seen.saw(Head(position: 15 + LogRestored.jump + 2, hash: .zero), of: Scratch.databaseID)
        let adopter = try await Scratch.log()
        _ = try await adopter.submit(Submission("r", .restore(above: 15, "r")))
        let head = 15 + LogRestored.jump + 1
        // Also who lived through it drops what he knew.
        #expect(try await log.submit(Submission("x", .open(["x"]))).positions == head + 1..<head + 2)
        #expect(try await log.inspect { book, _ in book.open.keys.contains("s14") } == false)
        #expect(try await inGap.log().submit(Submission("y", .open(["y"]))).positions == head + 2..<head + 3)
        #expect(try inGap.seen.highest()?.head.position == head + 2)
        await expectRestored("event \(head + 1) of the database is not the one") { _ = try await ahead.log() }
    }

    @Test("is read over what was left out by every reader, and a hole before it is still damage")
    func readers() async throws {
        let directory = try StateDirectory()
        _ = try await restored(directory)
        let adopter = try await Scratch.log()
        try await adopter.followed(upTo: 11, by: "mailer")
        _ = try await adopter.submit(Submission("r", .restore(above: 15, "r")))
        let first = 15 + LogRestored.jump
        for index in 0..<3 { _ = try await adopter.submit(Submission("z\(index)", .open(["z\(index)"]))) }
        let scan = try Scratch.scan()
        let verdict = try await scan.verify { _ in }
        #expect(verdict.damage == nil && verdict.events == 17 && verdict.head.position == first + 4)
        let stats = try await scan.stats()
        #expect(stats.events == 17 && stats.followers.first?.lag == 6)
        for (range, count) in [(1...first + 4, 17), (13...first - 1, 0), (5...first, 9), (100...first + 1, 2)] {
            #expect(try await scan.events(in: range, limit: 100).count == count, "\(range)")
        }
        #expect(try await scan.position(beforeLast: 6) == 11)
        let at = try #require(try await scan.event(at: first)?.at)
        #expect(try await scan.position(at: at) >= first)
        for interval in [5, 16_384, 400_000] {
            _ = try await scan.rebuild(Book.self, snapshotInterval: interval) { _ in }
            let checks = try await scan.check(Book.self, only: nil) { _ in }
            #expect(checks.count == 2 && checks.allSatisfy { $0.difference == nil }, "\(checks)")
            for (position, open) in [(12, 12), (13, 12), (first - 1, 12), (first, 12), (first + 1, 13)] {
                let past = try await scan.state(Book.self, at: position)
                #expect(past.state.open.count == open && past.brokenSnapshot == nil, "\(position)")
            }
        }
        #expect(try await Scratch.log().inspect { book, _ in book.open.count } == 16)

        try Scratch.run("DELETE FROM event WHERE position = 12")
        let damage = try await scan.verify { _ in }.damage
        #expect(damage?.position == 12 || damage?.position == first, "\(String(describing: damage))")
        let error = await #expect(throws: StoreError.self) { try await scan.events(in: 1...first, limit: 100) }
        #expect(error?.code == .damaged && error?.position == 12)
    }

    @Test("is refused where only some of its tables are of the dump")
    func partly() async throws {
        let directory = try StateDirectory()
        let log = try await directory.log()
        for index in 0..<6 { _ = try await log.submit(Submission("c\(index)", .open(["s\(index)"]))) }
        try Dump.keep()
        _ = try await Scratch.scan().rebuild(Book.self) { _ in }
        for index in 6..<9 { _ = try await log.submit(Submission("c\(index)", .open(["s\(index)"]))) }
        _ = try await Scratch.scan().rebuild(Book.self) { _ in }
        try Dump.restore(["event", "log_head"])
        // Who takes it over as it is gets nowhere: its projections are of more events than it has.
        let error = await #expect(throws: StoreError.self) {
            let log = try await Scratch.log()
            _ = try await log.submit(Submission("r", .restore(above: 9, "r")))
        }
        #expect(error?.code == .damaged, "\(String(describing: error))")
        #expect(try await Scratch.scan().verify { _ in }.damage != nil)
        _ = try await Scratch.scan().rebuild(Book.self) { _ in }
        _ = try await Scratch.log().submit(Submission("r", .restore(above: 9, "r")))
        #expect(try await Scratch.scan().verify { _ in }.damage == nil)
        #expect(try await Scratch.scan().check(Book.self, only: nil) { _ in }.allSatisfy { $0.difference == nil })
    }

    @Test("whose log.restored stands nearer than it may is damaged")
    func near() async throws {
        let log = try await Scratch.filled()
        _ = try await log.submit(Submission("r", .restore(above: 12, "r")))
        let first = 12 + LogRestored.jump
        try Scratch.run("UPDATE event SET position = 500 WHERE position = \(first)")
        #expect(try await Scratch.scan().verify { _ in }.damage?.position == 500)
        let error = await #expect(throws: StoreError.self) {
            try await Scratch.scan().events(in: 1...first + 1, limit: 100)
        }
        #expect(error?.code == .damaged && error?.position == 13)
    }
}
