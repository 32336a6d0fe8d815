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
            followers.append(Follower(name: try $0.text(0), position: try $0.whole(1)))
        }
        head = try LogReader.head(connection).position
        (self.events, self.bytes, self.types) = (events, bytes, types)
        (self.oldest, self.newest, self.followers) = (oldest, newest, followers)
    }
}
