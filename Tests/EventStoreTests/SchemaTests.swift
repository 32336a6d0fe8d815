import EventStore
import Events
import MySQL
import ServerTesting
import StoreConformance
import Testing

@Suite("The schema", .database)
struct SchemaTests {
    private func version() throws -> Int? { try Schema.version(try Connection(ScratchDatabase.current)) }

    @Test("of an empty database is applied by the first who comes, also when many do")
    func empty() async throws {
        #expect(try version() == nil)
        let endpoint = try ScratchDatabase.current
        let ids = try await withThrowingTaskGroup(of: String.self) { group in
            for index in 0..<8 {
                group.addTask {
                    let log = try MySQLLog<Book>(endpoint, newDatabaseID: "test\(index)")
                    try await log.open()
                    _ = try await log.submit(Submission("c\(index)", .open(["s\(index)"])))
                    return await log.databaseID
                }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(ids.count == 1)
        #expect(try version() == Schema.currentVersion)
        #expect(try await Scratch.scan().verify { _ in }.events == 8)
    }

    /// On MariaDB: MySQL says that the table is there without waiting for its lock.
    @Test(
        "that is being made is never taken for an older one, however many migrations it takes",
        .enabled(if: ServerKind.current == .mariadb))
    func underway() async throws {
        let endpoint = try ScratchDatabase.current
        // The last migration has to wait here.
        let other = try Connection(endpoint)
        try other.run("CREATE TABLE secret (x INT)")
        try other.run("LOCK TABLES secret WRITE")
        async let opening = Scratch.log(at: endpoint)
        while try !Scratch.clients().contains(where: { $0.statement?.contains("EXISTS secret") == true }) {
            await Task.yield()
        }
        #expect(try version() == nil)
        try other.run("UNLOCK TABLES")
        _ = try await opening
        #expect(try version() == Schema.currentVersion)
    }

    @Test("is not made by who only reads, unless he may")
    func readers() async throws {
        let error = await #expect(throws: StoreError.self) { try await Scratch.scan().head() }
        #expect(error?.code == .schemaOlder)
        #expect(try version() == nil)
        let scan = try LogScan(ScratchDatabase.current, newDatabaseID: Scratch.databaseID)
        #expect(try await scan.verify { _ in }.events == 0)
        #expect(try version() == Schema.currentVersion)
    }

    @Test("that is newer or older is refused, and nothing is written")
    func others() async throws {
        _ = try await Scratch.filled()
        for (change, code) in [("+ 1", StoreError.Code.schemaNewer), ("- 2", .schemaOlder)] {
            try Scratch.run("UPDATE schema_version SET version = CAST(version AS SIGNED) \(change)")
            let opening = await #expect(throws: StoreError.self) { try await Scratch.log() }
            #expect(opening?.code == code)
            let reading = await #expect(throws: StoreError.self) { try await Scratch.scan().head() }
            #expect(reading?.code == code)
        }
        #expect(try Scratch.number("SELECT COUNT(*) FROM event") == 12)
        try await Scratch.scan().applySchema(databaseID: "other")
        #expect(try await Scratch.log().head().position == 12)
        #expect(try await Scratch.log().databaseID == Scratch.databaseID)
    }

    @Test("that was half applied is applied again")
    func halfway() async throws {
        _ = try await Scratch.filled()
        try Scratch.run("DELETE FROM schema_version", "DROP TABLE barrier")
        #expect(try await Scratch.log().head().position == 12)
        #expect(try Scratch.number("SELECT COUNT(*) FROM barrier") > 0)
        #expect(try version() == Schema.currentVersion)
    }

    @Test("of a newer version is not applied over")
    func newer() async throws {
        _ = try await Scratch.filled()
        try Scratch.run("UPDATE schema_version SET version = version + 1")
        let error = await #expect(throws: StoreError.self) { try await Scratch.scan().applySchema(databaseID: "x") }
        #expect(error?.code == .schemaNewer)
    }
}

/// Each has a server of its own, which is not as it should be.
@Suite("A server")
struct ServerTests {
    @Test(
        "that would lose what it acknowledged is refused, with its setting",
        arguments: [
            (["--innodb-flush-log-at-trx-commit=2"], "innodb_flush_log_at_trx_commit"),
            (["--log-bin=binlog", "--sync-binlog=0", "--server-id=7"], "sync_binlog"),
        ])
    func unsafe(_ options: [String], _ setting: String) async throws {
        let server = try await ScratchServer.start(options: options)
        let endpoint = try await server.createDatabase()
        let error = await #expect(throws: StoreError.self) { try await Scratch.log(at: endpoint) }
        #expect(error?.code == .unsafeServer)
        #expect(error?.message.contains(setting) == true)
        let tables = "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE()"
        #expect(try Scratch.number(tables, at: endpoint) == 0)
        let health = try await LogScan(endpoint).health()
        #expect(health.problems.count == 1 && health.schemaVersion == nil)
    }

    @Test("on which the login may not write says so, and nothing is half done")
    func rights() async throws {
        let server = try await ScratchServer.start()
        let root = try await server.createDatabase()
        _ = try await Scratch.log(at: root).submit(Submission("a", .open(["a"])))
        var reader = root
        reader.user = "reader"
        try Scratch.run(
            "CREATE USER reader@localhost", "GRANT SELECT ON \(root.database).* TO reader@localhost", at: root)
        // Reading needs no more; a barrier that is refused does not keep anybody from it.
        #expect(try await LogScan(reader).durableHead().position == 1)
        #expect(try await LogScan(reader).verify { _ in }.damage == nil)
        let log = try await Scratch.log(at: reader)
        let error = await #expect(throws: StoreError.self) { try await log.submit(Submission("b", .open(["b"]))) }
        #expect(error?.code == .notPermitted)
        #expect(try await log.head().position == 1)
        let empty = try await server.createDatabase()
        try Scratch.run("GRANT SELECT ON \(empty.database).* TO reader@localhost", at: root)
        reader.database = empty.database
        let refused = await #expect(throws: StoreError.self) { try await Scratch.log(at: reader) }
        #expect(refused?.code == .notPermitted)
    }

    @Test("whose disk is full says so, and keeps what it acknowledged")
    func full() async throws {
        // A tablespace that may not grow is a disk that is full.
        let server = try await ScratchServer.start(
            options: ["--innodb-data-file-path=ibdata1:12M", "--innodb-file-per-table=0"])
        let endpoint = try await server.createDatabase()
        let log = try await Scratch.log(at: endpoint)
        var acknowledged = 0
        var refusal: StoreError?
        while refusal == nil {
            let noise = (0..<40_000).map { _ in String(UInt64.random(in: 0...UInt64.max), radix: 36) }.joined()
            do {
                let id = "c\(acknowledged)"
                _ = try await log.submit(Submission(id, .open([id], label: noise)))
                acknowledged += 1
            } catch {
                refusal = error as? StoreError ?? StoreError(.damaged, "\(error)")
            }
        }
        #expect(refusal?.code == .full, "\(refusal?.message ?? "")")
        #expect(try await log.head().position == acknowledged)
        let found = try await LogScan(endpoint).verify { _ in }
        #expect(found.damage == nil && found.events == acknowledged)
        #expect(try await log.submit(Submission("count", .count)).reply == acknowledged)
    }

    @Test("that takes no writes says so")
    func readOnly() async throws {
        let server = try await ScratchServer.start()
        let root = try await server.createDatabase()
        var writer = root
        writer.user = "writer"
        try Scratch.run(
            "CREATE USER writer@localhost", "GRANT ALL ON \(root.database).* TO writer@localhost", at: root)
        let log = try await Scratch.log(at: writer)
        _ = try await log.submit(Submission("a", .open(["a"])))
        try Scratch.run("SET GLOBAL read_only = 1", at: root)
        let error = await #expect(throws: StoreError.self) { try await log.submit(Submission("b", .open(["b"]))) }
        #expect(error?.code == .readOnly)
        #expect(try await LogScan(writer).durableHead().position == 1)
        try Scratch.run("SET GLOBAL read_only = 0", at: root)
        #expect(try await log.submit(Submission("b", .open(["b"]))).positions == 2..<3)
    }
}
