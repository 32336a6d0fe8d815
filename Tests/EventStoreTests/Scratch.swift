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

    /// One number of the database.
    static func number(_ sql: String, at endpoint: Endpoint? = nil) throws -> Int {
        try #require(try Connection(endpoint ?? ScratchDatabase.current).queryOne(sql) { Int(try $0.int(0)) })
    }
}

/// A moment that one side announces and others wait for.
struct Moment: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    func announce() { continuation.finish() }

    func wait() async { for await _ in stream {} }
}
