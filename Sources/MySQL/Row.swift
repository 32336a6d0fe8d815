import CMySQL

/// The row that a query is at, valid inside the closure it is given to. Columns are numbered from 0 in the order of the
/// SELECT; a number beyond the last is a programming error and traps.
///
/// Nothing is allocated but what is asked for: `int`, `uint`, `double`, `timestamp` and `withBytes` cost no memory,
/// `text` and `bytes` copy. NULL, or a type that does not fit, is thrown as `.unexpectedValue`.
public struct Row: ~Copyable {
    private let result: ResultBuffer

    init(_ result: ResultBuffer) { self.result = result }

    /// How many columns there are.
    public var count: Int { result.count }

    /// Whether the column holds NULL.
    public func isNull(_ index: Int) -> Bool {
        precondition(index >= 0 && index < result.count, "a row of \(result.count) columns has no column \(index)")
        return result.nulls[index] != 0
    }

    /// A signed or unsigned integer column that fits.
    public func int(_ index: Int) throws(MySQLError) -> Int64 {
        let column = try column(index)
        switch column.kind {
        case .signed: return column.buffer.load(as: Int64.self)
        case .unsigned:
            if let value = Int64(exactly: column.buffer.load(as: UInt64.self)) { return value }
        default: break
        }
        throw unexpected(index, "a signed integer")
    }

    /// A signed or unsigned integer column that fits.
    public func uint(_ index: Int) throws(MySQLError) -> UInt64 {
        let column = try column(index)
        switch column.kind {
        case .unsigned: return column.buffer.load(as: UInt64.self)
        case .signed:
            if let value = UInt64(exactly: column.buffer.load(as: Int64.self)) { return value }
        default: break
        }
        throw unexpected(index, "an unsigned integer")
    }

    /// A FLOAT or DOUBLE column.
    public func double(_ index: Int) throws(MySQLError) -> Double {
        let column = try column(index)
        guard column.kind == .double else { throw unexpected(index, "a DOUBLE") }
        return column.buffer.load(as: Double.self)
    }

    /// A text column (or DECIMAL, TIME, ENUM, SET, JSON as the server writes them). Bytes that are not UTF-8 are refused.
    public func text(_ index: Int) throws(MySQLError) -> String {
        let bytes = try buffer(index)
        // Not String(validating:as:), which is generic and takes five times as long.
        guard let text = try? UTF8Span(validating: bytes.span) else { throw unexpected(index, "text in UTF-8") }
        return String(copying: text)
    }

    /// A copy of a binary or text column's bytes.
    public func bytes(_ index: Int) throws(MySQLError) -> [UInt8] {
        Array(try buffer(index))
    }

    /// Lends a binary or text column's bytes without copying them.
    public func withBytes<R, E: Error>(_ index: Int, _ body: (Span<UInt8>) throws(E) -> R) throws -> R {
        try body(try buffer(index).span)
    }

    /// A DATE, DATETIME or TIMESTAMP column as microseconds since 1970-01-01T00:00:00Z, taken as UTC (a connection's time
    /// zone is UTC).
    public func timestamp(_ index: Int) throws(MySQLError) -> Int64 {
        let column = try column(index)
        guard column.kind == .datetime else { throw unexpected(index, "a DATETIME") }
        let time = column.buffer.assumingMemoryBound(to: MYSQL_TIME.self).pointee
        guard time.month > 0, time.day > 0 else { throw unexpected(index, "a date (it holds the zero date)") }
        return CivilTime(
            year: time.year, month: time.month, day: time.day, hour: time.hour, minute: time.minute,
            second: time.second, microsecond: UInt32(time.second_part)
        ).microseconds
    }

    private func column(_ index: Int) throws(MySQLError) -> ResultBuffer.Column {
        guard !isNull(index) else { throw MySQLError(.unexpectedValue, "column \(index) is NULL") }
        return result.columns[index]
    }

    private func buffer(_ index: Int) throws(MySQLError) -> UnsafeBufferPointer<UInt8> {
        let column = try column(index)
        guard column.kind == .bytes else { throw unexpected(index, "text or bytes") }
        return UnsafeBufferPointer(
            start: column.buffer.assumingMemoryBound(to: UInt8.self), count: Int(result.lengths[index]))
    }

    private func unexpected(_ index: Int, _ wanted: String) -> MySQLError {
        MySQLError(.unexpectedValue, "column \(index) does not hold \(wanted)")
    }
}
