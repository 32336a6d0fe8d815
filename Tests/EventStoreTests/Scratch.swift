import EventStore
import Events
import MySQL
import ServerTesting
import StoreConformance
import Testing

/// The test's database, and logs in it.
enum Scratch {
    /// All tests share one place for hints.
    static let databaseID = "test"

    /// So many ways into one log, as processes of their own would have.
    static func logs(_ count: Int, at endpoint: Endpoint? = nil) async throws -> [MySQLLog<Book>] {
        let endpoint = try endpoint ?? ScratchDatabase.current
        var logs: [MySQLLog<Book>] = []
        for _ in 0..<count {
            let log = try MySQLLog<Book>(endpoint, newDatabaseID: databaseID)
            try await log.open()
            logs.append(log)
        }
        return logs
    }

    static func log(at endpoint: Endpoint? = nil) async throws -> MySQLLog<Book> {
        try #require(try await logs(1, at: endpoint).first)
    }

    static func scan() throws -> LogScan { try LogScan(ScratchDatabase.current) }

    /// A log of twelve events: ten sessions opened, two of them closed.
    static func filled() async throws -> MySQLLog<Book> {
        let log = try await log()
        for index in 0..<10 {
            _ = try await log.submit(Submission("c\(index)", .open(["s\(index)"], label: "L\(index)")))
        }
        for index in 0..<2 { _ = try await log.submit(Submission("d\(index)", .close("s\(index)"))) }
        return log
    }

    /// Statements past the log, as somebody with a database client would give them.
    static func run(_ statements: String..., at endpoint: Endpoint? = nil) throws {
        let connection = try Connection(endpoint ?? ScratchDatabase.current)
        for statement in statements { try connection.run(statement) }
    }

    /// Who else is connected to the database. From SHOW PROCESSLIST: MySQL 9 cannot select from its table of the same name
    /// while anybody runs a statement whose text is not UTF-8, such as one with binary values (error 3854).
    static func clients() throws -> [Client] {
        let endpoint = try ScratchDatabase.current
        let connection = try Connection(endpoint)
        let own = try connection.queryOne("SELECT CONNECTION_ID()") { try $0.int(0) }
        var clients: [Client] = []
        try connection.query("SHOW FULL PROCESSLIST", fetch: .stored) { row in
            guard try row.int(0) != own, !row.isNull(3), try row.text(3) == endpoint.database else { return }
            let statement = row.isNull(7) ? nil : String(decoding: try row.bytes(7), as: UTF8.self)
            clients.append(Client(id: try row.int(0), statement: statement))
        }
        return clients
    }

    /// One number of the database.
    static func number(_ sql: String, at endpoint: Endpoint? = nil) throws -> Int {
        try #require(try Connection(endpoint ?? ScratchDatabase.current).queryOne(sql) { Int(try $0.int(0)) })
    }
}

/// A connection as the server lists it.
struct Client {
    var id: Int64
    /// What it is doing; nil while it is idle.
    var statement: String?
}

/// A moment that one side announces and others wait for.
struct Moment: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    func announce() { continuation.finish() }

    func wait() async { for await _ in stream {} }
}
