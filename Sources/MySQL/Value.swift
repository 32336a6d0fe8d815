/// A value for a `?` of a statement. It is always bound, never written into the statement's text.
public enum Value: Sendable, Equatable {
    case null
    /// A signed integer column up to BIGINT.
    case int(Int64)
    /// An unsigned integer column up to BIGINT UNSIGNED.
    case uint(UInt64)
    /// A DOUBLE.
    case double(Double)
    /// Text, sent as utf8mb4.
    case text(String)
    /// Bytes, sent without a character set.
    case bytes([UInt8])
    /// A DATETIME(6) in UTC, as microseconds since 1970-01-01T00:00:00Z.
    case timestamp(Int64)
}
