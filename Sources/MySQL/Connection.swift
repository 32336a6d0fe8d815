import CMySQL

/// A connection to a database, closed when it goes out of scope. It is confined to one thread at a time (it is not
/// Sendable); its calls block, so it belongs on a ``DatabaseThread``.
///
/// Every session has the character set utf8mb4, the time zone UTC, the isolation level READ COMMITTED, strict SQL mode
/// and autocommit on. "Affected rows" are the rows that an UPDATE *matched*, also where nothing changed in them
/// (CLIENT_FOUND_ROWS).
///
/// A connection that was lost stays lost (``isUsable``): when to connect anew is the caller's decision.
///
/// ## Topics
/// - Statements: ``execute(_:_:)``, ``query(_:_:fetch:each:)``, ``queryOne(_:_:_:)``, ``insert(into:columns:rows:)``,
///   ``run(_:)``
/// - Transactions: ``begin()``, ``commit()``, ``rollback()``
/// - The session: ``isUsable``, ``ping()``, ``serverVersion``, ``isMariaDB``
public struct Connection: ~Copyable {
    /// How a query's rows come in.
    public enum Fetch: Sendable {
        /// Row by row as the server sends them, in constant memory. The connection can do nothing else meanwhile.
        case streamed
        /// All at once into this process's memory first. Other statements may run while the rows are read.
        case stored
    }

    let session: Session

    /// Connects and sets the session up.
    ///
    /// - Throws: `.unreachable`, `.accessDenied`, `.unknownDatabase`, `.tls`, `.tooManyConnections`,
    ///   `.invalidEndpoint` (a password file that cannot be used).
    public init(_ endpoint: Endpoint) throws(MySQLError) {
        let handle = try Handle(endpoint)
        try handle.run("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
        try handle.run(
            "SET SESSION autocommit = 1, time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'")
        session = Session(handle)
    }

    /// False once the connection was lost; every call on it then throws `.connectionLost`.
    public var isUsable: Bool { session.handle.isUsable }

    /// The server's version as it says it, like `10.11.19-MariaDB-0+deb12u1` or `9.7.4-2`.
    public var serverVersion: String { String(cString: mysql_get_server_info(session.handle.mysql)) }

    /// Whether the server is MariaDB (else it is taken for MySQL).
    public var isMariaDB: Bool { serverVersion.contains("MariaDB") }

    /// Asks the server for a sign of life: one round trip.
    public func ping() throws(MySQLError) {
        try session.handle.checkReady()
        guard mysql_ping(session.handle.mysql) == 0 else { throw session.handle.error("asking for a sign of life") }
    }

    /// Runs one statement without values in the text protocol, for DDL and session settings.
    ///
    /// - Parameter doing: what an error says instead of quoting the statement, where that holds a secret.
    public func run(_ sql: String, doing: String? = nil) throws(MySQLError) {
        try session.handle.run(sql, doing: doing)
    }

    /// Starts a transaction.
    public func begin() throws(MySQLError) {
        try session.handle.run("START TRANSACTION")
    }

    /// Commits. If the answer is lost, the consequence is `.outcomeUnknown`: the server may have committed.
    public func commit() throws(MySQLError) {
        try session.handle.checkReady()
        guard cmysql_commit(session.handle.mysql) == 0 else { throw session.handle.error("COMMIT") }
    }

    /// Rolls back. On a lost connection it does nothing: the server does it when it notices.
    public func rollback() throws(MySQLError) {
        guard isUsable else { return }
        try session.handle.checkReady()
        guard cmysql_rollback(session.handle.mysql) == 0 else { throw session.handle.error("ROLLBACK") }
    }
}

/// What a connection owns.
final class Session {
    let handle: Handle
    let parameters = Parameters()
    var statements = StatementCache()
    /// The server's bound on a packet, once asked for.
    var maximumPacketBytes: Int?

    init(_ handle: Handle) { self.handle = handle }

    /// The connection goes first: the statements need not be closed one by one on a server that forgets them with it.
    deinit { handle.close() }

    /// Uses the statement of `sql`, which is forgotten if the server answers with an error nobody acts on by code: it may
    /// be that the server does not know the statement any more.
    func with<R>(_ sql: String, _ body: (Statement) throws -> R) throws -> R {
        try handle.checkReady()
        let statement = try statements.statement(sql, on: handle) { sql }
        do {
            return try body(statement)
        } catch {
            if let error = error as? MySQLError, error.mayEndStatement { statements.remove(sql) }
            throw error
        }
    }
}
