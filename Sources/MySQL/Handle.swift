import CMySQL

/// Owns the client library's connection and knows whether it can be used just now. Confined to one thread at a time.
final class Handle {
    let mysql: UnsafeMutablePointer<MYSQL>
    /// False for good once the connection is lost.
    private(set) var isUsable = true
    private var isClosed = false
    /// True while rows of a streamed query arrive.
    private var isStreaming = false

    /// The library's own set-up, which is not thread-safe with Oracle's: once, before the first connection.
    private static let libraryIsReady = mysql_server_init(0, nil, nil) == 0

    init(_ endpoint: Endpoint) throws(MySQLError) {
        let password = try endpoint.readPassword()
        guard Self.libraryIsReady, cmysql_thread_init() == 0, let mysql = mysql_init(nil) else {
            throw MySQLError(.server, "no memory for a database connection")
        }
        self.mysql = mysql
        try Self.configure(mysql, endpoint)
        try connect(endpoint, password)
    }

    deinit {
        close()
    }

    /// Ends the connection, for good. Statements that are left are detached from it by the client library.
    func close() {
        guard !isClosed else { return }
        (isClosed, isUsable) = (true, false)
        mysql_close(mysql)
    }

    private static func configure(_ mysql: UnsafeMutablePointer<MYSQL>, _ endpoint: Endpoint) throws(MySQLError) {
        var timeouts = endpoint.timeouts
        var off: UInt32 = 0
        var on: CChar = 1
        var failures = mysql_options(mysql, MYSQL_OPT_CONNECT_TIMEOUT, &timeouts.connectSeconds)
        failures |= mysql_options(mysql, MYSQL_OPT_READ_TIMEOUT, &timeouts.readSeconds)
        failures |= mysql_options(mysql, MYSQL_OPT_WRITE_TIMEOUT, &timeouts.writeSeconds)
        failures |= mysql_options(mysql, MYSQL_SET_CHARSET_NAME, "utf8mb4")
        // A hostile server could otherwise ask for any file of ours.
        failures |= mysql_options(mysql, MYSQL_OPT_LOCAL_INFILE, &off)
        failures |= mysql_options(mysql, MYSQL_REPORT_DATA_TRUNCATION, &on)
        switch endpoint.tls {
        case .off: failures |= cmysql_set_tls(mysql, CMYSQL_TLS_OFF, nil)
        case .required: failures |= cmysql_set_tls(mysql, CMYSQL_TLS_REQUIRED, nil)
        case .verifyFull(let ca): failures |= cmysql_set_tls(mysql, CMYSQL_TLS_VERIFY_FULL, ca)
        }
        // Otherwise the name localhost means the Unix socket, even with a port.
        if case .tcp = endpoint.transport {
            var tcp = MYSQL_PROTOCOL_TCP.rawValue
            failures |= mysql_options(mysql, MYSQL_OPT_PROTOCOL, &tcp)
        }
        guard failures == 0 else { throw MySQLError(.server, "the MySQL client library refused its settings") }
    }

    private func connect(_ endpoint: Endpoint, _ password: String?) throws(MySQLError) {
        var host: String?
        var port: UInt32 = 0
        var socket: String?
        switch endpoint.transport {
        case .tcp(let name, let number): (host, port) = (name, UInt32(number))
        case .socket(let path): (host, socket) = ("localhost", path)
        }
        let database = endpoint.database.isEmpty ? nil : endpoint.database
        let connected = mysql_real_connect(
            mysql, host, endpoint.user, password, database, port, socket, UInt(CLIENT_FOUND_ROWS))
        guard connected != nil else { throw error("cannot connect to \(endpoint)", phase: .connecting) }
        // MariaDB's library goes on in the clear when the server offers no encryption and nothing is to be verified.
        guard endpoint.tls == .off || mysql_get_ssl_cipher(mysql) != nil else {
            throw MySQLError(.tls, "cannot connect to \(endpoint): the server offers no encryption")
        }
    }

    /// Throws unless the connection can take a command now.
    func checkReady() throws(MySQLError) {
        guard isUsable else {
            throw MySQLError(
                .connectionLost, "this database connection was lost before; connect anew",
                consequence: .retryTransaction)
        }
        guard !isStreaming else {
            throw MySQLError(
                .busy,
                "rows of a streamed query are still arriving on this connection; finish it first, or store its rows")
        }
    }

    func beginStreaming() { isStreaming = true }
    func endStreaming() { isStreaming = false }

    /// The connection's last error, noted here too if it ends the connection.
    func error(_ doing: String, phase: MySQLError.Phase = .connected) -> MySQLError {
        note(
            MySQLError(
                errno: mysql_errno(mysql), sqlState: String(cString: mysql_sqlstate(mysql)),
                message: String(cString: mysql_error(mysql)), doing: doing, phase: phase))
    }

    /// Passes `error` on and remembers when it ends the connection.
    func note(_ error: MySQLError) -> MySQLError {
        if error.endsConnection { isUsable = false }
        return error
    }

    /// Runs `sql` in the text protocol and throws away its rows, if it has any. An error quotes the beginning of it, or says
    /// what was being done.
    func run(_ sql: String, doing: String? = nil) throws(MySQLError) {
        try checkReady()
        var sql = sql
        let failed = sql.withUTF8 { text in
            text.withMemoryRebound(to: CChar.self) { mysql_real_query(mysql, $0.baseAddress, UInt($0.count)) }
        }
        guard failed == 0 else { throw error(doing ?? excerpt(sql)) }
        if let rows = mysql_store_result(mysql) {
            mysql_free_result(rows)
        } else if mysql_field_count(mysql) > 0 {
            throw error(doing ?? excerpt(sql))
        }
    }
}

/// The beginning of a statement, for error messages.
func excerpt(_ sql: String) -> String {
    let maximumCharacters = 80
    return sql.count <= maximumCharacters ? sql : sql.prefix(maximumCharacters) + "…"
}
