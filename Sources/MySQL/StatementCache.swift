/// The prepared statements of one connection, by a key; the one that was used longest ago makes room.
struct StatementCache {
    /// How many statements stay prepared. A server allows 16,382 over all connections (max_prepared_stmt_count).
    static let capacity = 64

    private var entries: [String: (statement: Statement, lastUse: UInt64)] = [:]
    private var uses: UInt64 = 0

    var count: Int { entries.count }

    /// The statement kept under `key`, prepared now if there is none. `sql` is asked for only then.
    mutating func statement(_ key: String, on handle: Handle, sql: () -> String) throws(MySQLError) -> Statement {
        uses += 1
        if let statement = entries[key]?.statement {
            entries[key]?.lastUse = uses
            return statement
        }
        let statement = try Statement(sql(), on: handle)
        if entries.count >= Self.capacity, let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }) {
            entries[oldest.key] = nil
        }
        entries[key] = (statement, uses)
        return statement
    }

    /// Forgets a statement that the server may not know any more.
    mutating func remove(_ key: String) { entries[key] = nil }
}
