public import Events
internal import MySQL

/// How large the log is, and how far its followers are.
public struct LogStats: Sendable {
    /// A row of table `follower`: a reader that keeps its place in the database.
    public struct Follower: Sendable {
        /// The row's primary key.
        public var name: String
        /// The last event that it has dealt with.
        public var position: Position
        /// Events behind it.
        public var lag: Int
    }

    /// All of them, counted; while others append, `head` may be further.
    public var events: Int
    /// Bytes of the payloads as stored.
    public var bytes: Int
    /// Events by type, sorted by the type's name.
    public var types: [(type: String, count: Int)]
    /// The time of the first event; nil when there is none.
    public var oldest: Timestamp?
    /// The time of the last event; nil when there is none.
    public var newest: Timestamp?
    /// By name.
    public var followers: [Follower]
    /// Read after the counting.
    public var head: Position

    init(_ connection: borrowing Connection) throws {
        var (events, bytes) = (0, 0)
        var types: [(type: String, count: Int)] = []
        var (oldest, newest): (Timestamp?, Timestamp?)
        var followers: [Follower] = []
        try connection.query(
            """
            SELECT type, COUNT(*), CAST(COALESCE(SUM(LENGTH(payload)), 0) AS SIGNED), MIN(at), MAX(at) \
            FROM event GROUP BY type ORDER BY type
            """, []
        ) { row in
            types.append((try row.text(0), try row.whole(1)))
            events += try row.whole(1)
            bytes += try row.whole(2)
            let (first, last) = (try row.time(3), try row.time(4))
            oldest = min(oldest ?? first, first)
            newest = max(newest ?? last, last)
        }
        try connection.query("SELECT name, position FROM follower ORDER BY name", []) {
            followers.append(Follower(name: try $0.text(0), position: try $0.whole(1), lag: 0))
        }
        let head = try LogReader.head(connection).position
        let jumps = try Self.jumps(connection)
        for index in followers.indices {
            let position = followers[index].position
            let leftOut = jumps.reduce(0) { $1.to > position ? $0 + $1.to - 1 - max($1.from, position) : $0 }
            followers[index].lag = max(0, head - position - leftOut)
        }
        self.head = head
        (self.events, self.bytes, self.types) = (events, bytes, types)
        (self.oldest, self.newest, self.followers) = (oldest, newest, followers)
    }

    /// What each `log.restored` left out.
    private static func jumps(_ connection: borrowing Connection) throws -> [(from: Position, to: Position)] {
        var jumps: [(from: Position, to: Position)] = []
        try connection.query(
            EventRow.select + " WHERE type = ? ORDER BY position", [.text(Event.Kind.logRestored.rawValue)]
        ) { row in
            let fact = try EventRow.event(row).fact()
            if let from = fact.jumpedFrom { jumps.append((from, fact.position)) }
        }
        return jumps
    }
}
