public import Events
internal import MySQL

/// What a server says of itself, for those who look after it.
public struct ServerHealth: Sendable {
    /// As the server says it.
    public var version: String
    /// What would lose acknowledged events, worst first.
    public var problems: [StoreError]
    /// The server's clock.
    public var now: Timestamp
    /// Nil on an empty database.
    public var schemaVersion: Int?
}

/// One row of the stored projections, without its state.
public struct ProjectionRow: Sendable {
    /// As `StoredMachine.projectionNames` has it: the row's primary key.
    public var name: String
    /// The number of events that moved it.
    public var version: Int
    /// Where in the log the state was stored; its readers fold the events behind it.
    public var position: Position
    /// Of the state, as stored.
    public var bytes: Int
}

extension LogScan {
    /// Asks the server, whatever its schema is.
    public func health() throws -> ServerHealth {
        try translated {
            let link = try unchecked()
            var now = Timestamp(microseconds: 0)
            try link.connection.query("SELECT UTC_TIMESTAMP(6)", []) { now = try $0.time(0) }
            return ServerHealth(
                version: link.connection.serverVersion, problems: try ServerCheck.problems(link.connection), now: now,
                schemaVersion: try Schema.version(link.connection))
        }
    }

    /// The schema's version; nil on an empty database.
    public func schemaVersion() throws -> Int? {
        try translated { try Schema.version(try unchecked().connection) }
    }

    /// Applies the migrations that are missing; `databaseID` names a database that has none yet.
    public func applySchema(databaseID: String) throws {
        try translated { try Schema.apply(try unchecked().connection, databaseID: databaseID) }
    }

    /// The stored projections, by name.
    public func projections() throws -> [ProjectionRow] {
        try connected { connection in
            var rows: [ProjectionRow] = []
            try connection.query(
                "SELECT name, version, position, LENGTH(state) FROM projection ORDER BY name", []
            ) { row in
                rows.append(
                    ProjectionRow(
                        name: try row.text(0), version: try row.whole(1), position: try row.whole(2),
                        bytes: try row.whole(3)))
            }
            return rows
        }
    }
}
