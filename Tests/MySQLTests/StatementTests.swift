import MySQL
import ServerTesting
import Testing

@Suite("A statement", .database)
struct StatementTests {
    private func table(_ columns: String = "id INT PRIMARY KEY, v VARCHAR(40)") throws -> Connection {
        let connection = try Connection(try ScratchDatabase.current)
        try connection.run("CREATE TABLE t (\(columns)) DEFAULT CHARSET utf8mb4")
        return connection
    }

    @Test("gives back every kind of value as it was bound")
    func values() throws {
        let connection = try table(
            "id INT PRIMARY KEY, i BIGINT, u BIGINT UNSIGNED, d DOUBLE, v TEXT, b LONGBLOB, at DATETIME(6)")
        let text = "Grüße, 世界, 🚂 and a quote ' and a \\"
        for (id, size) in [0, 1, 70_000].enumerated() {
            let blob = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            try connection.execute(
                "INSERT INTO t VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    .int(Int64(id)), .int(.min), .uint(.max), .double(0.1), .text(text), .bytes(blob),
                    .timestamp(1_764_000_000_123_456),
                ])
            let matched: Void? = try connection.queryOne(
                "SELECT i, u, d, v, b, at, id FROM t WHERE id = ?", [.int(Int64(id))]
            ) { row throws in
                #expect(try row.int(0) == .min)
                #expect(try row.uint(1) == .max)
                #expect(try row.double(2) == 0.1)
                #expect(try row.text(3) == text)
                #expect(try row.bytes(4) == blob)
                #expect(try row.withBytes(4) { $0.count } == size)
                #expect(try row.timestamp(5) == 1_764_000_000_123_456)
                #expect(try row.uint(6) == UInt64(id))
                #expect(row.count == 7)
            }
            #expect(matched != nil)
        }
    }

    @Test("stores times in UTC, whatever the server's zone")
    func utc() throws {
        let connection = try table("id INT PRIMARY KEY, at DATETIME(6)")
        try connection.execute("INSERT INTO t VALUES (1, ?)", [.timestamp(1_000_001)])
        let stored = try connection.queryOne("SELECT CAST(at AS CHAR) FROM t") { try $0.text(0) }
        #expect(stored == "1970-01-01 00:00:01.000001")
        let difference = try connection.queryOne("SELECT TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(), NOW())") {
            try $0.int(0)
        }
        #expect(difference == 0)
    }

    @Test("tells NULL from a value, in any column")
    func null() throws {
        let connection = try table("id INT PRIMARY KEY, i INT, v TEXT, b BLOB, at DATETIME(6)")
        try connection.insert(
            into: "t", columns: ["id", "i", "v", "b", "at"],
            rows: [.int(1), .null, .null, .null, .null, .int(2), .int(0), .text(""), .bytes([]), .timestamp(0)])
        var nulls: [Bool] = []
        try connection.query("SELECT i, v, b, at FROM t ORDER BY id") { row in
            nulls += (0..<row.count).map { row.isNull($0) }
        }
        #expect(nulls == [true, true, true, true, false, false, false, false])
        let error = try failure { _ = try connection.queryOne("SELECT i FROM t WHERE id = 1") { try $0.int(0) } }
        #expect(error.code == .unexpectedValue)
    }

    @Test("refuses to read a column as what it is not")
    func wrongType() throws {
        let connection = try table("id INT PRIMARY KEY, u BIGINT UNSIGNED, b BLOB")
        try connection.execute("INSERT INTO t VALUES (-1, ?, ?)", [.uint(.max), .bytes([0xFF])])
        func reading(_ read: (borrowing Row) throws -> Void) throws -> MySQLError.Code {
            try failure { _ = try connection.queryOne("SELECT id, u, b FROM t", [], read) }.code
        }
        #expect(try reading { _ = try $0.uint(0) } == .unexpectedValue)
        #expect(try reading { _ = try $0.int(1) } == .unexpectedValue)
        #expect(try reading { _ = try $0.text(2) } == .unexpectedValue)
        #expect(try reading { _ = try $0.timestamp(2) } == .unexpectedValue)
        #expect(try reading { _ = try $0.text(0) } == .unexpectedValue)
    }

    @Test("counts the rows it matched, changed or not")
    func affectedRows() throws {
        let connection = try table()
        #expect(try connection.execute("INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'b')") == 3)
        #expect(try connection.execute("UPDATE t SET v = ? WHERE v = ?", [.text("b"), .text("b")]) == 2)
        #expect(try connection.execute("UPDATE t SET v = 'c' WHERE id = 9") == 0)
        #expect(try connection.execute("DELETE FROM t WHERE id < 3") == 2)
    }

    @Test("names a duplicate key and leaves the connection usable")
    func duplicate() throws {
        let connection = try table()
        try connection.execute("INSERT INTO t VALUES (?, 'a')", [.int(1)])
        let error = try failure { try connection.execute("INSERT INTO t VALUES (?, 'a')", [.int(1)]) }
        #expect(error.code == .duplicate)
        #expect(error.errno == 1062 && error.sqlState == "23000" && error.consequence == .giveUp)
        #expect(connection.isUsable == true)
        try connection.ping()
    }

    @Test("wants as many values as it has places")
    func valueCount() throws {
        let connection = try table()
        let error = try failure { try connection.execute("INSERT INTO t VALUES (?, ?)", [.int(1)]) }
        #expect(error.code == .unexpectedCount)
        #expect(error.description.contains("takes 2 values and was given 1"))
    }

    @Test("that returns rows is not executed as one that does not, and the connection goes on")
    func executeSelect() throws {
        let connection = try table()
        #expect(try failure { try connection.execute("SELECT 1") }.code == .unexpectedValue)
        #expect(try connection.queryOne("SELECT 2") { try $0.int(0) } == 2)
    }

    @Test("for one row refuses a second and knows none")
    func queryOne() throws {
        let connection = try table()
        #expect(try connection.queryOne("SELECT id FROM t") { try $0.int(0) } == nil)
        try connection.execute("INSERT INTO t VALUES (1, 'a'), (2, 'b')")
        #expect(
            try failure { _ = try connection.queryOne("SELECT id FROM t") { try $0.int(0) } }.code == .unexpectedCount)
    }

    @Test("on a table that is not there says so")
    func noSuchTable() throws {
        let connection = try table()
        #expect(try failure { try connection.execute("DELETE FROM nowhere") }.code == .noSuchTable)
        #expect(try failure { try connection.run("DELETE FROM nowhere") }.code == .noSuchTable)
    }

    @Test("whose table has changed under it is to be tried again")
    func schemaChange() throws {
        let connection = try table()
        try connection.execute("INSERT INTO t VALUES (1, 'a')")
        #expect(try connection.queryOne("SELECT * FROM t") { $0.count } == 2)
        try connection.run("ALTER TABLE t ADD COLUMN w BIGINT UNSIGNED DEFAULT 18446744073709551615")
        let changed = try failure { _ = try connection.queryOne("SELECT * FROM t") { $0.count } }
        #expect(changed.code == .conflict && changed.consequence == .retryTransaction)
        #expect(try connection.queryOne("SELECT * FROM t") { try $0.uint(2) } == .max)
    }

    @Test("is forgotten when many others came after it, and prepared again")
    func cache() throws {
        let connection = try table()
        for round in 0..<2 {
            for number in 0..<100 {
                let found = try connection.queryOne("SELECT \(number) + ?", [.int(Int64(round))]) { try $0.int(0) }
                #expect(found == Int64(number + round))
            }
        }
        let prepared = try connection.queryOne("SHOW SESSION STATUS LIKE 'Com_stmt_close'") { try $0.text(1) }
        #expect(Int(prepared ?? "") ?? 0 >= 136)
    }
}
