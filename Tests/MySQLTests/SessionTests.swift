import MySQL
import ServerTesting
import Testing

@Suite("A session")
struct SessionTests {
    @Test("is the same whatever the server's defaults are")
    func defaults() async throws {
        let server = try await ScratchServer.start(
            options: [
                "--sql-mode=", "--default-time-zone=+05:00", "--autocommit=0", "--character-set-server=latin1",
                "--transaction-isolation=SERIALIZABLE",
            ])
        let endpoint = try await server.createDatabase()
        let connection = try Connection(endpoint)
        try connection.run("CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(3), at DATETIME(6)) DEFAULT CHARSET utf8mb4")
        #expect(try failure { try connection.execute("INSERT INTO t VALUES (1, 'four', NULL)") }.code == .tooLarge)
        try connection.execute("INSERT INTO t VALUES (1, ?, ?)", [.text("🚂"), .timestamp(1_000_001)])
        let found = try Connection(endpoint).queryOne("SELECT v, CAST(at AS CHAR), HEX(v) FROM t") {
            [try $0.text(0), try $0.text(1), try $0.text(2)]
        }
        #expect(found == ["🚂", "1970-01-01 00:00:01.000001", "F09F9A82"])
        let offset = try connection.queryOne("SELECT TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(), NOW())") { try $0.int(0) }
        #expect(offset == 0)
        let variable = connection.isMariaDB ? "tx_isolation" : "transaction_isolation"
        let isolation = try connection.queryOne("SELECT @@\(variable)") { try $0.text(0) }
        #expect(isolation == "READ-COMMITTED")
    }
}
