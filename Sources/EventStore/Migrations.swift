internal import Digest
internal import Events
public import MySQL

/// The numbered migrations of schema/, compiled in.
public enum Schema {
    /// In order; the last one's number is the version that this program works with.
    static let migrations: [(version: Int, sql: [UInt8])] = [
        (1, PackageResources._001_event_log_sql), (2, PackageResources._002_secrets_sql),
        (3, PackageResources._003_snapshots_sql), (4, PackageResources._004_apps_sql),
        (5, PackageResources._005_notifications_sql), (6, PackageResources._006_metrics_sql),
    ]

    /// The version that this program works with, no other: that of the last migration.
    public static var currentVersion: Int { migrations.last?.version ?? 0 }

    /// Seconds that a migration waits for another one to end.
    static let migrationLockSeconds = 30

    /// Nil on an empty database.
    public static func version(_ connection: borrowing Connection) throws -> Int? {
        var version: Int?
        do {
            try connection.query("SELECT version FROM schema_version WHERE id = 1", []) { version = try $0.whole(0) }
        } catch {
            guard (error as? MySQLError)?.code == .noSuchTable else { throw error }
            return nil
        }
        return version
    }

    /// Brings the database to this program's schema. Can be repeated, and by several at once: a named lock lets one work
    /// at a time, and the version is written last. `databaseID` names a database that has none yet.
    public static func apply(_ connection: borrowing Connection, databaseID: String) throws {
        try withMigrationLock(connection) {
            let installed = try version(connection) ?? 0
            guard installed <= currentVersion else { throw newer(installed) }
            guard installed < currentVersion else { return }
            for migration in migrations where migration.version > installed {
                for statement in statements(migration.sql) { try connection.run(statement) }
            }
            try seed(connection, databaseID)
            // Once, and last: nobody finds a version on the way, which he would refuse as an old one.
            _ = try connection.execute(
                "INSERT INTO schema_version (id, version) VALUES (1, ?) ON DUPLICATE KEY UPDATE version = ?",
                [.int(Int64(currentVersion)), .int(Int64(currentVersion))])
        }
    }

    /// Refuses a database that this program must not write to. An empty one is given the schema.
    public static func require(_ connection: borrowing Connection, databaseID: String) throws {
        guard let installed = try version(connection) else { return try apply(connection, databaseID: databaseID) }
        try check(installed)
    }

    /// Throws for a schema that is not this program's.
    static func check(_ installed: Int) throws {
        guard installed >= currentVersion else {
            throw StoreError(
                .schemaOlder, "the database has schema \(installed), this program needs \(currentVersion)",
                hint: "run: interlock schema apply")
        }
        guard installed == currentVersion else { throw newer(installed) }
    }

    /// The name of this database.
    static func databaseID(_ connection: borrowing Connection) throws -> String {
        var databaseID: String?
        try connection.query("SELECT database_id FROM log_identity WHERE id = 1", []) { databaseID = try $0.text(0) }
        guard let databaseID else {
            throw StoreError(.damaged, "the database has lost its id", hint: "restore table log_identity from a backup")
        }
        return databaseID
    }

    static var none: StoreError {
        StoreError(.schemaOlder, "this database has no event log", hint: "run: interlock schema apply")
    }

    private static func newer(_ installed: Int) -> StoreError {
        StoreError(
            .schemaNewer, "the database has schema \(installed), newer than this program's \(currentVersion)",
            hint: "use the version of interlock that wrote it, or a newer one")
    }

    /// One lock a database. MySQL bounds the name to 64 characters, as many as a database's own may have.
    private static let lockName = "CONCAT('schema-', SHA2(DATABASE(), 224))"

    private static func withMigrationLock(_ connection: borrowing Connection, _ body: () throws -> Void) throws {
        var locked = false
        try connection.query(
            "SELECT GET_LOCK(\(lockName), ?)", [.int(Int64(migrationLockSeconds))]
        ) { locked = try !$0.isNull(0) && $0.whole(0) == 1 }
        guard locked else {
            throw StoreError(
                .unavailable, "another program has been changing the schema for \(migrationLockSeconds) s",
                hint: "wait for it to end, then try again")
        }
        let result = Result { try body() }
        try connection.query("SELECT RELEASE_LOCK(\(lockName))", []) { _ in }
        try result.get()
    }

    /// The rows that are always there.
    private static func seed(_ connection: borrowing Connection, _ databaseID: String) throws {
        _ = try connection.execute(
            "INSERT IGNORE INTO log_identity (id, database_id, created_at) VALUES (1, ?, UTC_TIMESTAMP(6))",
            [.text(databaseID)])
        _ = try connection.execute(
            "INSERT IGNORE INTO log_head (id, position, hash, at) VALUES (1, 0, ?, '1970-01-01 00:00:00')",
            [.bytes(Head.empty.hash.bytes)])
        for slot in 0..<Barrier.slots {
            _ = try connection.execute(
                "INSERT IGNORE INTO barrier (slot, passes) VALUES (?, 0)", [.int(Int64(slot))])
        }
    }

    /// Statements end with a semicolon at the end of a line; lines that begin with `--` are comments.
    static func statements(_ sql: [UInt8]) -> [String] {
        let lines = String(decoding: sql, as: UTF8.self).split(separator: "\n")
            .filter { !$0.hasPrefix("--") }
        var statements: [String] = []
        var current: [Substring] = []
        for line in lines {
            current.append(line)
            guard line.hasSuffix(";") else { continue }
            statements.append(String(current.joined(separator: "\n").dropLast()))
            current.removeAll()
        }
        return statements
    }
}
