import MySQL
import ServerTesting
import Testing

/// A connection on a thread of its own, as the rooms above use one.
actor Client {
    private let thread: DatabaseThread
    private let connection: Connection
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    init(_ endpoint: Endpoint) throws {
        thread = try DatabaseThread(name: "client")
        connection = try Connection(endpoint)
    }

    func execute(_ sql: String) throws -> UInt64 { try connection.execute(sql) }
    func begin() throws { try connection.begin() }
    func commit() throws { try connection.commit() }
    func rollback() throws { try connection.rollback() }

    /// The code and consequence that a statement fails with; nil if it does not.
    func failure(_ sql: String) throws -> MySQLError? {
        do {
            try connection.execute(sql)
            return nil
        } catch {
            return error
        }
    }
}

@Suite("A transaction", .database)
struct TransactionTests {
    private func table() throws -> Endpoint {
        let endpoint = try ScratchDatabase.current
        let connection = try Connection(endpoint)
        try connection.run("CREATE TABLE t (id INT PRIMARY KEY, v INT) ENGINE InnoDB")
        try connection.execute("INSERT INTO t VALUES (1, 0), (2, 0)")
        return endpoint
    }

    @Test("is seen by others when committed, and never when rolled back")
    func commitAndRollback() throws {
        let endpoint = try table()
        let writer = try Connection(endpoint)
        let reader = try Connection(endpoint)
        func seen() throws -> Int64? { try reader.queryOne("SELECT v FROM t WHERE id = 1") { try $0.int(0) } }
        try writer.begin()
        try writer.execute("UPDATE t SET v = 1 WHERE id = 1")
        #expect(try seen() == 0)
        try writer.commit()
        #expect(try seen() == 1)
        try writer.begin()
        try writer.execute("UPDATE t SET v = 2 WHERE id = 1")
        try writer.rollback()
        #expect(try seen() == 1)
    }

    @Test("reads what others commit meanwhile (READ COMMITTED)")
    func readCommitted() throws {
        let endpoint = try table()
        let reader = try Connection(endpoint)
        let writer = try Connection(endpoint)
        func seen() throws -> Int64? { try reader.queryOne("SELECT v FROM t WHERE id = 1") { try $0.int(0) } }
        try reader.begin()
        #expect(try seen() == 0)
        try writer.execute("UPDATE t SET v = 5 WHERE id = 1")
        #expect(try seen() == 5)
        try reader.rollback()
    }

    @Test("that the server breaks a deadlock with is to be tried again")
    func deadlock() async throws {
        let endpoint = try table()
        let clients = [try Client(endpoint), try Client(endpoint)]
        for (index, client) in clients.enumerated() {
            try await client.begin()
            _ = try await client.execute("UPDATE t SET v = v + 1 WHERE id = \(index + 1)")
        }
        async let first = clients[0].failure("UPDATE t SET v = v + 1 WHERE id = 2")
        async let second = clients[1].failure("UPDATE t SET v = v + 1 WHERE id = 1")
        let errors = [try await first, try await second].compactMap { $0 }
        #expect(errors.map(\.code) == [.deadlock])
        #expect(errors.map(\.consequence) == [.retryTransaction])
        for client in clients { try await client.rollback() }
    }

    @Test("that waited too long for a row is still open and to be tried again")
    func lockWait() async throws {
        let endpoint = try table()
        let holder = try Client(endpoint)
        let waiter = try Client(endpoint)
        try await holder.begin()
        _ = try await holder.execute("UPDATE t SET v = 7 WHERE id = 1")
        _ = try await waiter.execute("SET SESSION innodb_lock_wait_timeout = 1")
        try await waiter.begin()
        _ = try await waiter.execute("UPDATE t SET v = 8 WHERE id = 2")
        let error = try #require(try await waiter.failure("UPDATE t SET v = 8 WHERE id = 1"))
        #expect(error.code == .lockWaitTimeout && error.errno == 1205 && error.consequence == .retryTransaction)
        try await waiter.rollback()
        try await holder.rollback()
        #expect(try await holder.execute("UPDATE t SET v = 9 WHERE v = 0") == 2)
    }
}
