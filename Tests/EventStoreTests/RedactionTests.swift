import EventStore
import Events
import MySQL
import ServerTesting
import StoreConformance
import Synchronization
import Testing

@Suite("A redacted event", .database)
struct RedactionTests {
    /// Twelve events, then the redaction of the first (its session is closed) at position 13.
    static func redacted() async throws -> MySQLLog<Book> {
        let log = try await Scratch.filled()
        #expect(try await log.submit(Submission("erase", .redact(1))).positions == 13..<14)
        return log
    }

    private func damage() async throws -> Verification.Damage? { try await Scratch.scan().verify { _ in }.damage }

    private func rows(holding word: String) throws -> Int {
        try Scratch.number("SELECT COUNT(*) FROM event WHERE INSTR(payload, '\(word)') > 0")
            + Scratch.number("SELECT COUNT(*) FROM projection WHERE INSTR(state, '\(word)') > 0")
    }

    @Test("has its text in no row any more, nor has a state that was stored while it counted")
    func nowhere() async throws {
        let log = try await Scratch.log()
        _ = try await log.submit(Submission("a", .open(["a"], label: "canary")))
        _ = try await Scratch.scan().rebuild(Book.self) { _ in }
        #expect(try rows(holding: "canary") == 2)
        _ = try await log.submit(Submission("b", .close("a")))
        #expect(try rows(holding: "canary") == 2)
        _ = try await log.submit(Submission("c", .redact(1)))
        #expect(try rows(holding: "canary") == 0)
        #expect(try await damage() == nil)
        let checks = try await Scratch.scan().check(Book.self, only: nil) { _ in }
        #expect(checks.allSatisfy { $0.difference == nil })
        #expect(try await Scratch.log().inspect { book, _ in book.open.isEmpty })
    }

    @Test("that was compressed is erased whole")
    func compressed() async throws {
        let log = try await Scratch.log()
        let label = String(repeating: "all the same ", count: 1000)
        _ = try await log.submit(Submission("a", .open(["a"], label: label)))
        _ = try await log.submit(Submission("b", .close("a")))
        _ = try await log.submit(Submission("c", .redact(1)))
        #expect(try Scratch.number("SELECT LENGTH(payload) FROM event WHERE position = 1") < 100)
        #expect(try await damage() == nil)
    }

    @Test("is told of by a replay, at its place")
    func told() async throws {
        _ = try await Self.redacted()
        let seen = Mutex([Position]())
        let watch: @Sendable (FoldNotice) -> Void = { step in
            if case .redacted(let position) = step { seen.withLock { $0.append(position) } }
        }
        _ = try await Scratch.scan().check(Book.self, only: nil, watch)
        _ = try await Scratch.scan().rebuild(Book.self, watch)
        #expect(seen.withLock { $0 } == [1, 1])
        #expect(try await Scratch.scan().state(Book.self, at: 1).state.open == ["s0": ""])
    }

    static let forgeries = [
        "UPDATE event SET payload = REPLACE(payload, 'redacted', 'redactee') WHERE position = 1",
        """
        UPDATE event SET payload = REPLACE(payload, 'redacted', 'redactee'), \
        payload_checksum = UNHEX(SHA2(payload, 256)) WHERE position = 1
        """,
        "UPDATE event SET payload_size = payload_size + 1 WHERE position = 1",
        "UPDATE event SET payload_encoding = 0 WHERE position = 1",
        "UPDATE event SET payload_hash = REPEAT('a', 32) WHERE position = 1",
        "UPDATE event SET session = NULL WHERE position = 1",
        "UPDATE event SET payload = NULL WHERE position = 1",
        // As it was before.
        """
        UPDATE event SET payload = '{"host":"h1","label":"L0","session":"s0","user":"eve"}', payload_encoding = 0, \
        payload_size = 54, payload_checksum = payload_hash WHERE position = 1
        """,
    ]

    @Test("that was changed is damage at its position", arguments: forgeries)
    func forged(_ statement: String) async throws {
        _ = try await Self.redacted()
        #expect(try await damage() == nil)
        try Scratch.run(statement)
        #expect(try await damage()?.position == 1)
    }

    @Test("without an event that tells of its redaction is damage: the log says who erases what")
    func untold() async throws {
        _ = try await Self.redacted()
        let erase = """
            UPDATE event SET payload = REPLACE(payload, ',"label":"L1"', ''), payload_encoding = 2, \
            payload_size = LENGTH(payload), payload_checksum = UNHEX(SHA2(payload, 256)) WHERE position = 2
            """
        try Scratch.run(erase)
        let found = try await damage()
        #expect(found?.position == 2 && found?.problem.contains("no later event says") == true)
    }

    @Test("whose payload is not the one that was written is not erased: it shows what was done to it")
    func tampered() async throws {
        let log = try await Scratch.filled()
        try Scratch.run("UPDATE event SET payload = REPLACE(payload, 'L0', 'L1') WHERE position = 1")
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<8 {
                group.addTask {
                    let asked = Submission("g\(index)", index == 3 ? .redact(1) : .open(["g\(index)"]))
                    let result = await Result { try await log.submit(asked) }
                    guard index == 3 else {
                        #expect(throws: Never.self) { try result.get() }
                        return
                    }
                    if case .failure(let error) = result { #expect((error as? StoreError)?.position == 1) }
                    #expect((try? result.get()) == nil)
                }
            }
        }
        #expect(try await damage()?.position == 1)
        #expect(try await log.head().position == 19)
    }

    @Test("that was redacted before, or is not there, abandons the whole transaction", arguments: [1, 99])
    func twice(_ position: Position) async throws {
        let log = try await Self.redacted()
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<8 {
                group.addTask {
                    let asked = Submission("g\(index)", index == 3 ? .redactUnseen(position) : .open(["g\(index)"]))
                    let result = await Result { try await log.submit(asked) }
                    guard index == 3 else {
                        #expect(throws: Never.self) { try result.get() }
                        return
                    }
                    if case .failure(let error) = result { #expect((error as? StoreError)?.code == .inconsistent) }
                    #expect((try? result.get()) == nil)
                }
            }
        }
        #expect(try await log.head().position == 20)
        #expect(try Scratch.number("SELECT COUNT(*) FROM event WHERE type = 'log.redacted'") == 1)
    }

    @Test("is not made by a login that can append only: it is told so, and nothing is half done")
    func rights() async throws {
        let server = try await ScratchServer.start()
        let root = try await server.createDatabase()
        let log = try await Scratch.log(at: root)
        _ = try await log.submit(Submission("a", .open(["a"], label: "canary")))
        _ = try await log.submit(Submission("b", .close("a")))
        var writer = root
        writer.user = "writer"
        let name = root.database
        try Scratch.run(
            "CREATE USER writer@localhost", "GRANT SELECT ON \(name).* TO writer@localhost",
            "GRANT INSERT ON \(name).event TO writer@localhost", "GRANT UPDATE ON \(name).log_head TO writer@localhost",
            "GRANT INSERT, UPDATE ON \(name).projection TO writer@localhost", at: root)
        let appender = try await Scratch.log(at: writer)
        #expect(try await appender.submit(Submission("c", .open(["c"]))).positions == 3..<4)
        let error = await #expect(throws: StoreError.self) { try await appender.submit(Submission("d", .redact(1))) }
        #expect(error?.code == .notPermitted)
        #expect(try await log.head().position == 3)
        #expect(try await LogScan(root).verify { _ in }.damage == nil)
        #expect(try await log.submit(Submission("d", .redact(1))).positions == 4..<5)
    }

    @Test("is read as such by others at once, and verified while more are being redacted")
    func meanwhile() async throws {
        let log = try await Scratch.log()
        for index in 0..<40 {
            _ = try await log.submit(Submission("o\(index)", .open(["s\(index)"], label: "L\(index)")))
            _ = try await log.submit(Submission("c\(index)", .close("s\(index)")))
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for index in 0..<40 { _ = try await log.submit(Submission("r\(index)", .redact(2 * index + 1))) }
            }
            group.addTask {
                let scan = try Scratch.scan()
                for _ in 0..<30 { #expect(try await scan.verify { _ in }.damage == nil) }
            }
            try await group.waitForAll()
        }
        #expect(try await damage() == nil)
        #expect(try await Scratch.logs(1)[0].events(after: 0, limit: 200).count { $0.remains != nil } == 40)
    }
}
