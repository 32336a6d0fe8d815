import CMySQL

/// A prepared statement and the buffers of its rows.
final class Statement {
    let handle: Handle
    private let statement: UnsafeMutablePointer<MYSQL_STMT>
    private let sql: String
    private let parameterCount: Int
    private var result: ResultBuffer?
    /// True while its rows are read.
    private(set) var isOpen = false

    init(_ sql: String, on handle: Handle) throws(MySQLError) {
        try handle.checkReady()
        guard let statement = mysql_stmt_init(handle.mysql) else { throw handle.error("preparing a statement") }
        var text = sql
        let failed = text.withUTF8 { text in
            text.withMemoryRebound(to: CChar.self) { mysql_stmt_prepare(statement, $0.baseAddress, UInt($0.count)) }
        }
        guard failed == 0 else {
            defer { mysql_stmt_close(statement) }
            throw Self.error(statement, sql, handle)
        }
        self.handle = handle
        self.statement = statement
        self.sql = sql
        parameterCount = Int(mysql_stmt_param_count(statement))
    }

    deinit {
        mysql_stmt_close(statement)
    }

    /// Sends the statement with `values`; its rows, if it has any, wait to be read.
    func execute(_ values: ArraySlice<Value>, _ parameters: Parameters) throws(MySQLError) {
        try handle.checkReady()
        guard !isOpen else { throw MySQLError(.busy, "\(excerpt(sql)): its rows are still being read") }
        guard values.count == parameterCount else {
            throw MySQLError(
                .unexpectedCount, "\(excerpt(sql)): takes \(parameterCount) values and was given \(values.count)")
        }
        if parameterCount > 0 {
            guard cmysql_bind_param(statement, try parameters.bind(values)) == 0 else { throw error() }
        }
        let failed = mysql_stmt_execute(statement)
        parameters.trim()
        guard failed == 0 else { throw error() }
    }

    /// Sends the statement and returns how many rows it matched.
    func update(_ values: ArraySlice<Value>, _ parameters: Parameters) throws(MySQLError) -> UInt64 {
        try execute(values, parameters)
        guard mysql_stmt_field_count(statement) == 0 else {
            mysql_stmt_free_result(statement)
            throw MySQLError(.unexpectedValue, "\(excerpt(sql)): returns rows; use query")
        }
        return mysql_stmt_affected_rows(statement)
    }

    /// Sends the statement and hands each of its rows to `each`.
    func read(
        _ values: ArraySlice<Value>, _ parameters: Parameters, _ fetch: Connection.Fetch,
        each: (borrowing Row) throws -> Void
    ) throws {
        try execute(values, parameters)
        guard let result = try attachedResult() else { return }
        isOpen = true
        if fetch == .stored {
            guard mysql_stmt_store_result(statement) == 0 else {
                isOpen = false
                throw error()
            }
        } else {
            handle.beginStreaming()
        }
        // Rows that `each` did not want are read and thrown away here.
        defer {
            mysql_stmt_free_result(statement)
            handle.endStreaming()
            isOpen = false
            if result.totalBytes > ResultBuffer.retainedBytes { self.result = nil }
        }
        let row = Row(result)
        while try fetchRow(into: result) { try each(row) }
    }

    private func attachedResult() throws(MySQLError) -> ResultBuffer? {
        let count = Int(mysql_stmt_field_count(statement))
        guard count > 0 else { return nil }
        if result?.count != count { result = ResultBuffer(statement) }
        guard let result, result.attach(to: statement) else { throw error() }
        return result
    }

    private func fetchRow(into result: ResultBuffer) throws(MySQLError) -> Bool {
        switch mysql_stmt_fetch(statement) {
        case 0: return true
        case MYSQL_NO_DATA: return false
        case MYSQL_DATA_TRUNCATED:
            guard try result.grow(statement) else { throw error() }
            return true
        default: throw error()
        }
    }

    private func error() -> MySQLError { Self.error(statement, sql, handle) }

    private static func error(
        _ statement: UnsafeMutablePointer<MYSQL_STMT>, _ sql: String, _ handle: Handle
    ) -> MySQLError {
        // What breaks while rows are fetched, the client library notes at the connection only.
        guard mysql_stmt_errno(statement) != 0 else { return handle.error(excerpt(sql)) }
        return handle.note(
            MySQLError(
                errno: mysql_stmt_errno(statement), sqlState: String(cString: mysql_stmt_sqlstate(statement)),
                message: String(cString: mysql_stmt_error(statement)), doing: excerpt(sql), phase: .connected))
    }
}
