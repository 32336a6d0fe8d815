public import Events
internal import MySQL

/// How far a follower of the log has come.
public struct FollowerStanding: Sendable {
    /// Its row's primary key.
    public var name: String
    /// The last event that it has dealt with.
    public var position: Position
    /// The time of the first event that it has not dealt with; nil where there is none.
    public var waitingSince: Timestamp?
}

/// Following the log without its state.
extension LogScan {
    /// The end of the log, and everything up to it is durable: a commit of our own was made after it was read. A login or
    /// server that takes no writes is given the head as it stands.
    public func durableHead() throws -> Head {
        try connected { connection in
            let head = try LogReader.head(connection)
            guard head.position > self.durablePosition else { return head }
            do {
                try Barrier.pass(connection, slot: ObjectIdentifier(self).hashValue)
            } catch {
                let refusals: [MySQLError.Code] = [.accessDenied, .readOnly]
                guard let error = error as? MySQLError, refusals.contains(error.code) else { throw error }
            }
            self.durablePosition = head.position
            return head
        }
    }

    /// The first events in `range`, at most `limit`, in order, without holes.
    public func events(in range: ClosedRange<Position>, limit: Int) throws -> [RecordedEvent] {
        try connected { connection in
            var events: [RecordedEvent] = []
            try LogReader.read(range, limit: limit, connection) { events.append($0) }
            return events
        }
    }

    /// The followers that keep their place in the database, by name. One row read for each.
    public func followers() throws -> [FollowerStanding] {
        try connected { connection in
            var standings: [FollowerStanding] = []
            try connection.query(
                """
                SELECT f.name, f.position, \
                (SELECT e.at FROM event e WHERE e.position > f.position ORDER BY e.position LIMIT 1) \
                FROM follower f ORDER BY f.name
                """, []
            ) { row in
                standings.append(
                    FollowerStanding(
                        name: try row.text(0), position: try row.whole(1),
                        waitingSince: row.isNull(2) ? nil : try row.time(2)))
            }
            return standings
        }
    }

    /// Where followers of this log are woken.
    public func hints() throws -> Hints.Directory {
        try connected { Hints.Directory(databaseID: try Schema.databaseID($0)) }
    }
}
