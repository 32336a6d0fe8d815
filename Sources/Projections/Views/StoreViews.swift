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

/// What `log verify` answers.
public func view(of verdict: LogVerdict, for viewer: Viewer) -> View {
    View(
        json: show(
            verdict,
            [
                .administrators("ok") { verdict, _ in
                    if case .whole = verdict.finding { .bool(true) } else { .bool(false) }
                },
                .administrators("events") { verdict, _ in
                    if case .whole(let events, _, _) = verdict.finding { .integer(events) } else { nil }
                },
                .administrators("head") { verdict, _ in
                    if case .whole(_, let head, _) = verdict.finding { .integer(head) } else { nil }
                },
                .administrators("tip") { verdict, _ in
                    if case .whole(_, _, let tip) = verdict.finding { .string(tip) } else { nil }
                },
                .administrators("position") { verdict, _ in
                    if case .damaged(let position, _) = verdict.finding { .integer(position) } else { nil }
                },
                .administrators("problem") { verdict, _ in
                    if case .damaged(_, let problem) = verdict.finding { .string(problem) } else { nil }
                },
            ], for: viewer))
}

/// What `log stats` answers.
public func view(of figures: LogFigures, for viewer: Viewer) -> View {
    View(
        json: show(
            figures,
            [
                .administrators("events") { figures, _ in .integer(figures.events) },
                .administrators("bytes") { figures, _ in .integer(figures.bytes) },
                .administrators("types") { figures, _ in
                    .object(figures.types.map { (name: $0.type, value: .integer($0.count)) })
                },
                .administrators("oldest") { figures, _ in .known(figures.oldest) },
                .administrators("newest") { figures, _ in .known(figures.newest) },
                .administrators("followers") { figures, viewer in
                    .array(figures.followers.map { show($0, followerFields, for: viewer) })
                },
            ], for: viewer))
}

private let followerFields: [Field<LogFigures.Follower>] = [
    .administrators("name") { follower, _ in .string(follower.name) },
    .administrators("position") { follower, _ in .integer(follower.position) },
    .administrators("lag") { follower, _ in .integer(follower.lag) },
]

/// What `projection list` and `projection rebuild` answer.
public func view(of rows: [ProjectionStatus], for viewer: Viewer) -> View {
    View(
        json: .array(
            rows.map { row in
                show(
                    row,
                    [
                        .administrators("name") { row, _ in .string(row.name) },
                        .administrators("version") { row, _ in .integer(row.version) },
                        .administrators("position") { row, _ in .integer(row.position) },
                        .administrators("bytes") { row, _ in .integer(row.bytes) },
                    ], for: viewer)
            }))
}

/// What `projection check` answers.
public func view(of verdicts: [ProjectionVerdict], for viewer: Viewer) -> View {
    View(
        json: .array(
            verdicts.map { verdict in
                show(
                    verdict,
                    [
                        .administrators("name") { verdict, _ in .string(verdict.name) },
                        .administrators("version") { verdict, _ in .known(verdict.version) },
                        .administrators("position") { verdict, _ in .known(verdict.position) },
                        .administrators("ok") { verdict, _ in .bool(verdict.difference == nil) },
                        .administrators("difference") { verdict, _ in .known(verdict.difference) },
                    ], for: viewer)
            }))
}
