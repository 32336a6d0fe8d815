import CMySQL

/// Where the values of a statement's `?` lie while it is executed: an array of binds and an arena with the bytes they
/// point to. One of these serves all statements of a connection, one after the other, and is reused, so that binding
/// allocates nothing once it has grown.
final class Parameters {
    /// What an idle connection keeps; a larger arena is given back after use.
    static let retainedBytes = 1 << 20

    private var binds: UnsafeMutablePointer<MYSQL_BIND>
    private var bindCapacity = 16
    private var arena: UnsafeMutableRawPointer
    private var arenaCapacity = 4096

    init() {
        binds = .allocate(capacity: bindCapacity)
        arena = .allocate(byteCount: arenaCapacity, alignment: Self.alignment)
    }

    deinit {
        binds.deallocate()
        arena.deallocate()
    }

    /// Lays out `values` and returns their binds, valid until the next call.
    func bind(_ values: ArraySlice<Value>) throws(MySQLError) -> UnsafeMutablePointer<MYSQL_BIND> {
        reserve(values)
        var next = arena
        var bind = binds
        for value in values {
            let (type, unsigned, size) = try Self.write(value, to: next)
            cmysql_bind(bind, type, unsigned ? 1 : 0, next, UInt(size), nil, nil)
            next += Self.aligned(size)
            bind += 1
        }
        return binds
    }

    /// Gives a large arena back.
    func trim() {
        guard arenaCapacity > Self.retainedBytes else { return }
        arena.deallocate()
        arenaCapacity = 4096
        arena = .allocate(byteCount: arenaCapacity, alignment: Self.alignment)
    }

    private func reserve(_ values: ArraySlice<Value>) {
        if values.count > bindCapacity {
            binds.deallocate()
            bindCapacity = values.count
            binds = .allocate(capacity: bindCapacity)
        }
        let bytes = values.reduce(0) { $0 + Self.aligned($1.byteCount) }
        if bytes > arenaCapacity {
            arena.deallocate()
            arenaCapacity = max(bytes, 2 * arenaCapacity)
            arena = .allocate(byteCount: arenaCapacity, alignment: Self.alignment)
        }
    }

    private static func write(
        _ value: Value, to place: UnsafeMutableRawPointer
    ) throws(MySQLError) -> (type: enum_field_types, unsigned: Bool, size: Int) {
        switch value {
        case .null:
            return (MYSQL_TYPE_NULL, false, 0)
        case .int(let number):
            place.storeBytes(of: number, as: Int64.self)
            return (MYSQL_TYPE_LONGLONG, false, 8)
        case .uint(let number):
            place.storeBytes(of: number, as: UInt64.self)
            return (MYSQL_TYPE_LONGLONG, true, 8)
        case .double(let number):
            place.storeBytes(of: number, as: Double.self)
            return (MYSQL_TYPE_DOUBLE, false, 8)
        case .text(var text):
            text.withUTF8 { UnsafeMutableRawBufferPointer(start: place, count: $0.count).copyMemory(from: .init($0)) }
            return (MYSQL_TYPE_STRING, false, text.utf8.count)
        case .bytes(let bytes):
            bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(start: place, count: $0.count).copyMemory(from: $0) }
            return (MYSQL_TYPE_BLOB, false, bytes.count)
        case .timestamp(let microseconds):
            guard let time = CivilTime(microseconds: microseconds) else {
                throw MySQLError(.unexpectedValue, "\(microseconds) µs since 1970 is outside the years of a DATETIME")
            }
            let civil = place.bindMemory(to: MYSQL_TIME.self, capacity: 1)
            cmysql_set_datetime(
                civil, time.year, time.month, time.day, time.hour, time.minute, time.second, time.microsecond)
            return (MYSQL_TYPE_DATETIME, false, MemoryLayout<MYSQL_TIME>.size)
        }
    }

    private static let alignment = 16
    private static func aligned(_ size: Int) -> Int { (size + alignment - 1) & ~(alignment - 1) }
}

extension Value {
    /// What the value takes in an arena or, nearly, on the wire.
    var byteCount: Int {
        switch self {
        case .null: 0
        case .int, .uint, .double: 8
        case .text(let text): text.utf8.count
        case .bytes(let bytes): bytes.count
        case .timestamp: MemoryLayout<MYSQL_TIME>.size
        }
    }
}
