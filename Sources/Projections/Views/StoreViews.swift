public import Events

/// What `log verify` found.
public struct LogVerdict: Sendable {
    /// The log is whole, with this many events and this tip of the chain; or it is damaged at a position.
    public enum Finding: Sendable {
        case whole(events: Int, head: Position, tip: String)
        case damaged(position: Position, problem: String)
    }

    /// What was found.
    public var finding: Finding

    /// What the store found, without its types: this room does not know the database.
    public init(_ finding: Finding) {
        self.finding = finding
    }
}

/// How large the log is, and how far its followers are behind.
public struct LogFigures: Sendable {
    /// One who reads along.
    public struct Follower: Sendable {
        /// As it calls itself in the database.
        public var name: String
        /// The last event that it has dealt with.
        public var position: Position
        /// Events that he has not read.
        public var lag: Int

        /// Where it stood when the figures were taken.
        public init(name: String, position: Position, lag: Int) {
            self.name = name
            self.position = position
            self.lag = lag
        }
    }

    /// In the whole log, redacted ones too.
    public var events: Int
    /// Of the payloads, as stored.
    public var bytes: Int
    /// Events by type, in the order in which they are shown.
    public var types: [(type: String, count: Int)]
    /// The time of the first event; nil when there is none.
    public var oldest: Timestamp?
    /// The time of the last event; nil when there is none.
    public var newest: Timestamp?
    /// Those that keep their place in the database.
    public var followers: [Follower]

    /// Figures as the store counted them.
    public init(
        events: Int, bytes: Int, types: [(type: String, count: Int)], oldest: Timestamp?, newest: Timestamp?,
        followers: [Follower]
    ) {
        self.events = events
        self.bytes = bytes
        self.types = types
        self.oldest = oldest
        self.newest = newest
        self.followers = followers
    }
}

/// A stored projection as it is listed.
public struct ProjectionStatus: Sendable {
    /// As `StoredMachine.projectionNames` has it.
    public var name: String
    /// The number of events that moved it.
    public var version: Int
    /// Where its state was taken; readers fold the events behind it.
    public var position: Position
    /// Of its state, as stored.
    public var bytes: Int

    /// A row as the store read it.
    public init(name: String, version: Int, position: Position, bytes: Int) {
        self.name = name
        self.version = version
        self.position = position
        self.bytes = bytes
    }
}

/// A stored projection beside the fold of the log.
public struct ProjectionVerdict: Sendable {
    /// As `StoredMachine.projectionNames` has it.
    public var name: String
    /// Absent where nothing is stored, or where what is stored cannot be read.
    public var version: Int?
    /// Where its state was taken; absent as `version` is.
    public var position: Position?
    /// Absent when nothing differs.
    public var difference: String?

    /// A comparison as the store made it.
    public init(name: String, version: Int?, position: Position?, difference: String?) {
        self.name = name
        self.version = version
        self.position = position
        self.difference = difference
    }
}
