import Events
import MySQL
import ServerTesting
import StoreConformance
import Testing

@testable import EventStore

@Suite("An account for appenders", .database)
struct AppenderAccountTests {
    /// The account of a log, and how it logs in.
    private func account(_ log: MySQLLog<Book>) async throws -> Endpoint {
        let endpoint = try ScratchDatabase.current
        let account = AppenderAccount(name: "a-\(endpoint.database)", password: "Aa0-secret")
        // Twice: the service makes it at each start.
        for _ in 0..<2 { try await log.make(account) }
        return account.endpoint(like: endpoint)
    }

    @Test("appends, keeps snapshots, follows and reads, beside others")
    func appends() async throws {
        let others = try await Scratch.log()
        _ = try await others.submit(Submission("first", .open(["first"])))
        let endpoint = try await account(others)
        let log = try MySQLLog<Book>(endpoint, newDatabaseID: Scratch.databaseID, snapshotInterval: 128)
        try await log.open()
        for index in 0..<4 {
            let names = (0..<50).map { "s\(index)-\($0)" }
            _ = try await log.submit(Submission("o\(index)", .open(names)))
            for name in names { _ = try await log.submit(Submission("c\(name)", .close(name))) }
        }
        #expect(try Scratch.number("SELECT COUNT(DISTINCT position) FROM snapshot") > 0)
        try await log.followed(upTo: 5, by: "appender")
        #expect(try await others.inspect { book, _ in book.open.count } == 1)
        let scan = try LogScan(endpoint)
        #expect(try await scan.verify { _ in }.damage == nil)
        #expect(try await scan.check(Book.self, only: nil) { _ in }.allSatisfy { $0.difference == nil })
    }

    @Test("cannot rewrite")
    func rewrites() async throws {
        let log = try await Scratch.log()
        _ = try await log.submit(Submission("first", .open(["first"])))
        let connection = try Connection(try await account(log))
        for statement in [
            "UPDATE event SET actor = 'eve' WHERE position = 1", "DELETE FROM event", "TRUNCATE event",
            "DROP TABLE event",
            "ALTER TABLE event ADD x INT", "REPLACE INTO event SELECT * FROM event", "DELETE FROM projection",
            "SELECT sealed FROM secret", "UPDATE secret SET sealed = ''", "UPDATE log_identity SET database_id = 'x'",
            "UPDATE schema_version SET version = 9", "CREATE TABLE other (x INT)",
            "CREATE USER eve IDENTIFIED BY 'x'", "UPDATE snapshot SET state = ''", "SELECT * FROM mysql.user",
        ] {
            let error = #expect(throws: MySQLError.self, "\(statement)") { try connection.run(statement) }
            #expect(error?.code == .accessDenied, "\(statement): \(error?.description ?? "")")
        }
        #expect(try await Scratch.scan().verify { _ in }.events == 1)
    }

    @Test("cannot be made by one who may not make accounts, and the password is not told")
    func refused() async throws {
        let log = try await Scratch.log()
        let limited = try MySQLLog<Book>(try await account(log), newDatabaseID: Scratch.databaseID)
        try await limited.open()
        let error = await #expect(throws: StoreError.self) {
            try await limited.make(AppenderAccount(name: "another", password: "never-told"))
        }
        #expect(error?.code == .notPermitted)
        #expect(error?.message.contains("never-told") == false)
    }

    @Test("has rights on each table of the schema but those of the apps' passwords and the measurements")
    func complete() async throws {
        _ = try await Scratch.log()
        let connection = try Connection(try ScratchDatabase.current)
        var tables: Set<String> = []
        try connection.query("SHOW TABLES", []) { tables.insert(try $0.text(0)) }
        #expect(
            Set(AppenderAccount.rights.map(\.0)) == tables.subtracting(["password", "metric_block", "metric_usage"]))
    }
}
