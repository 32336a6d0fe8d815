import MySQL
import ServerTesting
import Testing

/// Each test here has a server of its own, which it treats badly.
@Suite("A connection")
struct LossTests {
    private func table(_ server: ScratchServer) async throws -> Endpoint {
        let endpoint = try await server.createDatabase()
        try Connection(endpoint).run("CREATE TABLE t (id INT PRIMARY KEY) ENGINE InnoDB")
        return endpoint
    }

    @Test("whose server was killed does not know what became of the commit, and stays lost")
    func killed() async throws {
        let server = try await ScratchServer.start()
        let endpoint = try await table(server)
        let connection = try Connection(endpoint)
        try connection.begin()
        try connection.execute("INSERT INTO t VALUES (1)")
        try await server.kill()
        let lost = try failure { try connection.commit() }
        #expect(lost.code == .connectionLost && lost.consequence == .outcomeUnknown)
        #expect(connection.isUsable == false)
        try connection.rollback()
        let after = try failure { try connection.execute("INSERT INTO t VALUES (2)") }
        #expect(after.code == .connectionLost && after.consequence == .retryTransaction)
        let unreachable = try failure { _ = try Connection(endpoint) }
        #expect(unreachable.code == .unreachable)
        try await server.restart()
        #expect(try Connection(endpoint).queryOne("SELECT COUNT(*) FROM t") { try $0.int(0) } == 0)
    }

    @Test("lost amid a streamed query says so, and has no further rows")
    func killedStreaming() async throws {
        let server = try await ScratchServer.start()
        let endpoint = try await table(server)
        let connection = try Connection(endpoint)
        try connection.insert(into: "t", columns: ["id"], rows: (0..<2000).map { .int($0) })
        let process = try #require(server.processID)
        var rows = 0
        let lost = try failure {
            try connection.query("SELECT a.id, REPEAT('x', 1000) FROM t AS a CROSS JOIN t AS b") { _ in
                if rows == 0 { signalKill(process) }
                rows += 1
            }
        }
        #expect(lost.code == .connectionLost && lost.consequence == .outcomeUnknown)
        #expect(rows < 4_000_000)
        #expect(connection.isUsable == false)
    }

    @Test("whose commit is not answered in time does not know that it landed")
    func frozen() async throws {
        let server = try await ScratchServer.start()
        var endpoint = try await table(server)
        endpoint.timeouts.readSeconds = 1
        let connection = try Connection(endpoint)
        try connection.begin()
        try connection.execute("INSERT INTO t VALUES (1)")
        server.freeze()
        let lost = try failure { try connection.commit() }
        server.thaw()
        #expect(lost.code == .connectionLost && lost.consequence == .outcomeUnknown)
        #expect(connection.isUsable == false)
        // The key's lock makes this wait until the server is done with the commit that it got.
        endpoint.timeouts.readSeconds = 60
        let again = try failure { try Connection(endpoint).execute("INSERT INTO t VALUES (1)") }
        #expect(again.code == .duplicate)
    }

    @Test("that another one kills is lost")
    func killedByStatement() async throws {
        let server = try await ScratchServer.start()
        let endpoint = try await table(server)
        let connection = try Connection(endpoint)
        let id = try #require(try connection.queryOne("SELECT CONNECTION_ID()") { try $0.uint(0) })
        try Connection(endpoint).run("KILL \(id)")
        let lost = try failure {
            // The server may answer one statement before it notices.
            for _ in 0..<1000 { try connection.ping() }
        }
        #expect(lost.code == .connectionLost && lost.consequence == .outcomeUnknown)
        #expect(connection.isUsable == false)
    }

    @Test("with too few rights, to no database or to nobody is told apart")
    func refused() async throws {
        let server = try await ScratchServer.start(tcp: true)
        let endpoint = try await table(server)
        let root = try Connection(endpoint)
        try root.run("CREATE USER u@'%' IDENTIFIED BY 'right'")
        try root.run("GRANT SELECT ON \(endpoint.database).* TO u@'%'")
        func code(_ endpoint: Endpoint) throws -> MySQLError.Code { try failure { _ = try Connection(endpoint) }.code }
        #expect(try code(server.tcpEndpoint(user: "u", password: "wrong")) == .accessDenied)
        #expect(try code(server.tcpEndpoint(user: "u", password: "right", database: "mysql")) == .accessDenied)
        #expect(try code(server.endpoint(database: "nowhere")) == .unknownDatabase)
        #expect(try code(Endpoint(.socket(path: "/nowhere"), user: "u")) == .unreachable)
        #expect(try code(Endpoint(.tcp(host: "127.0.0.1", port: 1), user: "u")) == .unreachable)
        let reader = try Connection(server.tcpEndpoint(user: "u", password: "right", database: endpoint.database))
        #expect(try failure { try reader.execute("INSERT INTO t VALUES (1)") }.code == .accessDenied)
    }

    @Test("to a server that takes no writes says so")
    func readOnly() async throws {
        let server = try await ScratchServer.start(tcp: true)
        let endpoint = try await table(server)
        let root = try Connection(endpoint)
        try root.run("CREATE USER u@'%' IDENTIFIED BY 'right'")
        try root.run("GRANT ALL ON \(endpoint.database).* TO u@'%'")
        try root.run("SET GLOBAL read_only = 1")
        let writer = try Connection(server.tcpEndpoint(user: "u", password: "right", database: endpoint.database))
        #expect(try failure { try writer.execute("INSERT INTO t VALUES (1)") }.code == .readOnly)
        try root.run("START TRANSACTION READ ONLY")
        #expect(try failure { try root.execute("INSERT INTO t VALUES (1)") }.code == .readOnly)
    }

    @Test("to a full server is one to try again")
    func tooMany() async throws {
        let server = try await ScratchServer.start(options: ["--max-connections=10"])
        let endpoint = try await table(server)
        var held: [Client] = []
        let error = try failure {
            for _ in 0..<20 { held.append(try Client(endpoint)) }
        }
        #expect(error.code == .tooManyConnections && error.consequence == .retryTransaction)
    }

    @Test("knows its server")
    func version() async throws {
        let connection = try Connection(try await ScratchServer.shared().endpoint())
        #expect(connection.isMariaDB == (ServerKind.current == .mariadb))
        #expect(connection.serverVersion.first?.isNumber == true)
    }
}
