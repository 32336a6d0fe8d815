import MySQL
import Testing

/// A dump of a site's database, kept beside its tables, and restored under whoever is connected.
extension Site {
    private static let tables = [
        "event", "log_head", "log_identity", "projection", "snapshot", "follower", "secret", "barrier", "password",
    ]

    /// In one transaction of a consistent view, as a dump is taken.
    func dump() throws {
        let connection = try connection()
        for table in Self.tables { try connection.run("CREATE TABLE kept_\(table) LIKE \(table)") }
        try connection.run("START TRANSACTION WITH CONSISTENT SNAPSHOT")
        for table in Self.tables { try connection.run("INSERT INTO kept_\(table) SELECT * FROM \(table)") }
        try connection.run("COMMIT")
    }

    func restore() throws {
        let connection = try connection()
        try connection.run("START TRANSACTION")
        // First, as who appends does: none of them is in the middle.
        try connection.run("UPDATE log_head SET at = at")
        for table in Self.tables {
            try connection.run("DELETE FROM \(table)")
            try connection.run("INSERT INTO \(table) SELECT * FROM kept_\(table)")
        }
        try connection.run("COMMIT")
    }
}
