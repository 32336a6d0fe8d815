public import Events
internal import MySQL

/// What a follower leaves in the database: how far he is, for `log stats`.
extension MySQLLog {
    /// The time that an event would have now: the database's, never below that of the last event.
    public func time() throws -> Timestamp {
        try reading { connection in
            var time: Timestamp?
            try connection.query("SELECT at, SYSDATE(6) FROM log_head WHERE id = 1") {
                time = max(try $0.time(0), try $0.time(1))
            }
            guard let time else { throw LogReader.noHead }
            return time
        }
    }

    /// Says that `follower` has done with everything up to `position`. Never moves back. What this host has seen is forced to
    /// its disk too.
    public func followed(upTo position: Position, by follower: String) throws {
        seen?.sync()
        try reading { connection in
            _ = try connection.execute(
                """
                INSERT INTO follower (name, position, updated_at) VALUES (?, ?, UTC_TIMESTAMP(6)) \
                ON DUPLICATE KEY UPDATE position = GREATEST(position, VALUES(position)), updated_at = UTC_TIMESTAMP(6)
                """, [.text(follower), .uint(UInt64(position))])
        }
    }

    /// How far `follower` is; nil where it never said so.
    public func position(of follower: String) throws -> Position? {
        try reading { connection in
            var position: Position?
            try connection.query("SELECT position FROM follower WHERE name = ?", [.text(follower)]) {
                position = try $0.whole(0)
            }
            return position
        }
    }

    /// Forgets a follower who is not coming back.
    public func forget(follower: String) throws {
        try reading { _ = try $0.execute("DELETE FROM follower WHERE name = ?", [.text(follower)]) }
    }
}
