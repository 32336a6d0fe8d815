import CMySQL

/// The memory that a statement's rows are fetched into: bound once, reused for every row, grown when a value does not
/// fit. Fetching a row allocates nothing as long as its values fit.
final class ResultBuffer {
    /// How a column is fetched; the client library converts from the narrower types.
    enum Kind {
        case signed, unsigned, double, datetime, bytes
    }

    struct Column {
        var kind: Kind
        var buffer: UnsafeMutableRawPointer
        var capacity: Int
        var isFixed: Bool { kind != .bytes }
    }

    /// What a column of variable length starts with, unless its declared length is less.
    static let initialColumnBytes = 512
    /// The bound on one value; MySQL's own is 1 GiB (max_allowed_packet).
    static let maximumValueBytes = 256 << 20
    /// A buffer that has grown beyond this is given up after its query.
    static let retainedBytes = 1 << 20

    let count: Int
    let columns: UnsafeMutablePointer<Column>
    let lengths: UnsafeMutablePointer<UInt>
    let nulls: UnsafeMutablePointer<UInt8>
    private let binds: UnsafeMutablePointer<MYSQL_BIND>

    var totalBytes: Int { (0..<count).reduce(0) { $0 + columns[$1].capacity } }

    /// Buffers for the columns that `statement` returns; nil if it returns none.
    init?(_ statement: UnsafeMutablePointer<MYSQL_STMT>) {
        guard let metadata = mysql_stmt_result_metadata(statement) else { return nil }
        defer { mysql_free_result(metadata) }
        count = Int(mysql_num_fields(metadata))
        columns = .allocate(capacity: count)
        lengths = .allocate(capacity: count)
        nulls = .allocate(capacity: count)
        binds = .allocate(capacity: count)
        lengths.initialize(repeating: 0, count: count)
        nulls.initialize(repeating: 0, count: count)
        for index in 0..<count {
            let field = mysql_fetch_field_direct(metadata, UInt32(index))
            let column = Self.column(for: field?.pointee)
            (columns + index).initialize(to: column)
            bind(index)
        }
    }

    deinit {
        for index in 0..<count { columns[index].buffer.deallocate() }
        columns.deallocate()
        lengths.deallocate()
        nulls.deallocate()
        binds.deallocate()
    }

    private static func column(for field: MYSQL_FIELD?) -> Column {
        let kind: Kind
        switch field?.type {
        case MYSQL_TYPE_TINY, MYSQL_TYPE_SHORT, MYSQL_TYPE_INT24, MYSQL_TYPE_LONG, MYSQL_TYPE_LONGLONG, MYSQL_TYPE_YEAR:
            kind = (field?.flags ?? 0) & UInt32(UNSIGNED_FLAG) == 0 ? .signed : .unsigned
        case MYSQL_TYPE_FLOAT, MYSQL_TYPE_DOUBLE: kind = .double
        case MYSQL_TYPE_DATE, MYSQL_TYPE_DATETIME, MYSQL_TYPE_TIMESTAMP: kind = .datetime
        default: kind = .bytes
        }
        let capacity =
            switch kind {
            case .signed, .unsigned, .double: 8
            case .datetime: MemoryLayout<MYSQL_TIME>.stride
            case .bytes: min(Int(field?.length ?? 0) + 1, initialColumnBytes)
            }
        return Column(kind: kind, buffer: .allocate(byteCount: capacity, alignment: 16), capacity: capacity)
    }

    private func bind(_ index: Int) {
        let column = columns[index]
        let type =
            switch column.kind {
            case .signed, .unsigned: MYSQL_TYPE_LONGLONG
            case .double: MYSQL_TYPE_DOUBLE
            case .datetime: MYSQL_TYPE_DATETIME
            case .bytes: MYSQL_TYPE_BLOB
            }
        cmysql_bind(
            binds + index, type, column.kind == .unsigned ? 1 : 0, column.buffer, UInt(column.capacity),
            lengths + index, nulls + index)
    }

    /// Tells the library where rows go.
    func attach(to statement: UnsafeMutablePointer<MYSQL_STMT>) -> Bool {
        cmysql_bind_result(statement, binds) == 0
    }

    /// Fetches the values of the current row again that did not fit, into larger buffers, then binds those for the
    /// following rows. (Binding anew ends the library's knowledge of the current row, so it comes last.)
    func grow(_ statement: UnsafeMutablePointer<MYSQL_STMT>) throws(MySQLError) -> Bool {
        for index in 0..<count where nulls[index] == 0 && !columns[index].isFixed {
            let length = Int(lengths[index])
            guard length > columns[index].capacity else { continue }
            guard length <= Self.maximumValueBytes else {
                throw MySQLError(.tooLarge, "a value of \(length) bytes is larger than \(Self.maximumValueBytes)")
            }
            let capacity = max(length, min(2 * columns[index].capacity, Self.maximumValueBytes))
            columns[index].buffer.deallocate()
            columns[index].buffer = .allocate(byteCount: capacity, alignment: 16)
            columns[index].capacity = capacity
            bind(index)
            guard mysql_stmt_fetch_column(statement, binds + index, UInt32(index), 0) == 0 else { return false }
        }
        return attach(to: statement)
    }
}
