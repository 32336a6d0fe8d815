import MySQL
import ServerTesting
import Testing

@Suite("A query of many rows", .database)
struct QueryTests {
    private func filled(_ count: Int) throws -> Connection {
        let connection = try Connection(try ScratchDatabase.current)
        try connection.run("CREATE TABLE t (id INT PRIMARY KEY, b MEDIUMBLOB)")
        try connection.insert(
            into: "t", columns: ["id", "b"],
            rows: (0..<count).flatMap {
                [.int(Int64($0)), .bytes([UInt8](repeating: UInt8($0 % 251), count: $0 * 40))]
            })
        return connection
    }

    @Test("gives all of them in order, however long their values", arguments: [Connection.Fetch.streamed, .stored])
    func order(fetch: Connection.Fetch) throws {
        let connection = try filled(300)
        var next = 0
        try connection.query("SELECT id, b, b FROM t ORDER BY id", fetch: fetch) { row throws in
            #expect(try row.int(0) == Int64(next))
            let expected = [UInt8](repeating: UInt8(next % 251), count: next * 40)
            #expect(try row.bytes(1) == expected && row.bytes(2) == expected)
            next += 1
        }
        #expect(next == 300)
    }

    @Test("lets nothing else run on its connection while they stream")
    func streamingIsExclusive() throws {
        let connection = try filled(10)
        var codes: [MySQLError.Code] = []
        try connection.query("SELECT id FROM t") { _ in
            codes.append(try failure { try connection.execute("DELETE FROM t WHERE id = 99") }.code)
            codes.append(try failure { try connection.run("DO 1") }.code)
            codes.append(try failure { try connection.begin() }.code)
            codes.append(try failure { try connection.commit() }.code)
            codes.append(try failure { try connection.rollback() }.code)
            codes.append(try failure { try connection.ping() }.code)
            codes.append(try failure { _ = try connection.queryOne("SELECT 1") { try $0.int(0) } }.code)
        }
        #expect(codes == [MySQLError.Code](repeating: .busy, count: 70))
        try connection.ping()
    }

    @Test("lets other statements run once they are stored, but not itself")
    func storedIsShared() throws {
        let connection = try filled(10)
        var deleted: UInt64 = 0
        try connection.query("SELECT id FROM t", fetch: .stored) { row in
            deleted += try connection.execute("DELETE FROM t WHERE id = ?", [.int(try row.int(0))])
            #expect(try failure { try connection.query("SELECT id FROM t", fetch: .stored) { _ in } }.code == .busy)
        }
        #expect(deleted == 10)
    }

    @Test("can be left early, and the connection goes on", arguments: [Connection.Fetch.streamed, .stored])
    func leaving(fetch: Connection.Fetch) throws {
        struct Enough: Error {}
        let connection = try filled(200)
        #expect(throws: Enough.self) {
            try connection.query("SELECT id, b FROM t", fetch: fetch) { _ in throw Enough() }
        }
        #expect(try connection.queryOne("SELECT COUNT(*) FROM t") { try $0.int(0) } == 200)
    }
}

@Suite("An insert", .database)
struct InsertTests {
    @Test("of any number of rows inserts each once", arguments: [0, 1, 3, 1000])
    func rows(count: Int) throws {
        let connection = try Connection(try ScratchDatabase.current)
        try connection.run("CREATE TABLE `odd``name` (id INT PRIMARY KEY, `order` VARCHAR(20))")
        try connection.insert(
            into: "odd`name", columns: ["id", "order"],
            rows: (0..<count).flatMap { [.int(Int64($0)), .text("r\($0)")] })
        let found = try connection.queryOne("SELECT COUNT(*), COUNT(DISTINCT `order`) FROM `odd``name`") {
            [try $0.int(0), try $0.int(1)]
        }
        #expect(found == [Int64(count), Int64(count)])
    }

    @Test("of large rows stays within a packet")
    func packet() throws {
        let connection = try Connection(try ScratchDatabase.current)
        try connection.run("CREATE TABLE t (id INT PRIMARY KEY, b LONGBLOB)")
        let blob = Value.bytes([UInt8](repeating: 7, count: 1 << 20))
        try connection.insert(into: "t", columns: ["id", "b"], rows: (0..<40).flatMap { [.int($0), blob] })
        #expect(try connection.queryOne("SELECT SUM(LENGTH(b)) = 40 * 1048576 FROM t") { try $0.int(0) } == 1)
    }

    @Test("stays within the placeholders of one statement")
    func placeholders() throws {
        let connection = try Connection(try ScratchDatabase.current)
        let columns = (0..<900).map { "c\($0)" }
        try connection.run("CREATE TABLE t (\(columns.map { "\($0) TINYINT" }.joined(separator: ",")))")
        try connection.insert(into: "t", columns: columns, rows: [Value](repeating: .int(1), count: 900 * 150))
        #expect(try connection.queryOne("SELECT COUNT(*) FROM t") { try $0.int(0) } == 150)
    }

    @Test("of half a row is refused, and so is a row that no packet can hold")
    func refused() async throws {
        let server = try await ScratchServer.start(options: ["--max-allowed-packet=1M"])
        let connection = try Connection(try await server.createDatabase())
        try connection.run("CREATE TABLE t (a INT, b LONGBLOB)")
        let half = try failure { try connection.insert(into: "t", columns: ["a", "b"], rows: [.int(1)]) }
        #expect(half.code == .unexpectedCount)
        let large = try failure {
            try connection.insert(
                into: "t", columns: ["a", "b"], rows: [.int(1), .bytes([UInt8](repeating: 1, count: 2 << 20))])
        }
        #expect(large.code == .tooLarge)
    }

    @Test("of a key that exists is a duplicate")
    func duplicate() throws {
        let connection = try Connection(try ScratchDatabase.current)
        try connection.run("CREATE TABLE base (id INT PRIMARY KEY, v INT)")
        try connection.execute("INSERT INTO base VALUES (1, 1)")
        let error = try failure {
            try connection.insert(into: "base", columns: ["id", "v"], rows: [.int(1), .int(2)])
        }
        #expect(error.code == .duplicate)
    }
}
