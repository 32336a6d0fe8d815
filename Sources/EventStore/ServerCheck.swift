public import MySQL

/// Whether a server keeps what it acknowledges. Refused otherwise, with the setting named.
public enum ServerCheck {
    /// Oldest versions that are supported, by the manuals' feature lists (design: MariaDB ≥ 10.6, MySQL ≥ 8.0).
    static let oldestMariaDB = [10, 6]
    static let oldestMySQL = [8, 0]

    /// Throws the worst of `problems` (`unsafeServer`), if there is one.
    public static func require(_ connection: borrowing Connection) throws {
        if let problem = try problems(connection).first { throw problem }
    }

    /// Everything that is wrong with the server, worst first.
    public static func problems(_ connection: borrowing Connection) throws -> [StoreError] {
        var problems: [StoreError] = []
        let oldest = connection.isMariaDB ? oldestMariaDB : oldestMySQL
        if release(connection.serverVersion).lexicographicallyPrecedes(oldest) {
            problems.append(
                StoreError(
                    .unsafeServer, "the server is \(connection.serverVersion), older than what is supported",
                    hint: "use MariaDB 10.6 or MySQL 8.0, or newer"))
        }
        let settings = try variables(connection)
        func demand(_ name: String, _ value: Int) {
            guard let actual = settings[name], actual != value else { return }
            problems.append(
                StoreError(
                    .unsafeServer, "the server runs with \(name)=\(actual): a crash would lose acknowledged events",
                    hint: "set \(name)=\(value) on the server"))
        }
        demand("innodb_flush_log_at_trx_commit", 1)
        if settings["log_bin"] == 1 { demand("sync_binlog", 1) }
        return problems
    }

    /// The numbers that a version begins with: 10.11.19-MariaDB is [10, 11, 19].
    static func release(_ version: String) -> [Int] {
        version.prefix { $0.isNumber || $0 == "." }.split(separator: ".").compactMap { Int($0) }
    }

    private static func variables(_ connection: borrowing Connection) throws -> [String: Int] {
        let names = ["innodb_flush_log_at_trx_commit", "log_bin", "sync_binlog"]
        var settings: [String: Int] = [:]
        let columns = names.map { "@@GLOBAL.\($0)" }.joined(separator: ", ")
        try connection.query("SELECT \(columns)", []) { row in
            for (index, name) in names.enumerated() { settings[name] = try row.whole(index) }
        }
        return settings
    }
}
