internal import MySQL

/// A durable commit of one's own. With the binary log off InnoDB shows a transaction's rows before its redo is on disk
/// (MySQL bug 74303); redo is written in order, so after this commit everything that was read before it is durable too.
enum Barrier {
    static let slots = 16

    static func pass(_ connection: borrowing Connection, slot: Int) throws {
        _ = try connection.execute(
            "UPDATE barrier SET passes = passes + 1 WHERE slot = ?", [.int(Int64(UInt(bitPattern: slot) % UInt(slots)))]
        )
    }
}
