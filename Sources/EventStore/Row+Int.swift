internal import Digest
internal import Events
internal import MySQL

extension Row {
    /// A whole number as Swift counts.
    borrowing func whole(_ column: Int) throws(MySQLError) -> Int {
        Int(try int(column))
    }

    borrowing func time(_ column: Int) throws(MySQLError) -> Timestamp {
        Timestamp(microseconds: Int(try timestamp(column)))
    }

    /// Nil where the column is NULL.
    borrowing func optionalText(_ column: Int) throws(MySQLError) -> String? {
        isNull(column) ? nil : try text(column)
    }

    /// Nil when the column is not 32 bytes long.
    borrowing func digest(_ column: Int) throws -> SHA256.Digest? {
        try withBytes(column) { SHA256.Digest($0) }
    }
}
