public import Events
public import MySQL

/// Long reads of the log on a connection of their own, each in bounded pages: export, verification, replay, statistics.
public actor LogScan {
    private nonisolated let thread: DatabaseThread
    private let endpoint: Endpoint
    private let newDatabaseID: String?
    private let seen: HighestSeen?
    private var link: Link?
    /// The last position that was read before a barrier.
    var durablePosition = 0

    /// The thread of its own that all calls run on, one after the other: libmysqlclient blocks.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

    /// Starts the thread, and throws where there can be none; connects at the first call. `newDatabaseID` names a database
    /// that is still empty; without it such a one is refused. So is one that does not go through what was `seen`
    /// (`restored`), at each new connection.
    public init(_ endpoint: Endpoint, newDatabaseID: String? = nil, seen: HighestSeen? = nil) throws {
        self.seen = seen
        self.endpoint = endpoint
        self.newDatabaseID = newDatabaseID
        thread = try DatabaseThread(name: "interlock-scan")
    }

    func connected<Answer>(_ body: (borrowing Connection) throws -> Answer) throws -> Answer {
        try translated {
            if let link, link.connection.isUsable { return try body(link.connection) }
            let fresh = try unchecked()
            if let newDatabaseID {
                try Schema.require(fresh.connection, databaseID: newDatabaseID)
            } else {
                guard let version = try Schema.version(fresh.connection) else { throw Schema.none }
                try Schema.check(version)
            }
            if let problem = try Self.problem(of: seen, fresh.connection) { throw problem }
            link = fresh
            return try body(fresh.connection)
        }
    }

    private static func problem(of seen: HighestSeen?, _ connection: borrowing Connection) throws -> StoreError? {
        // Before the head: who appends meanwhile moves the head before he tells what he saw.
        guard let known = try seen?.highest() else { return nil }
        let databaseID = try Schema.databaseID(connection)
        return try RestoredDump.problem(known, databaseID, try LogReader.head(connection), connection)
    }

    /// Nil where the database goes through what was `seen`; otherwise what is wrong, as it would be refused.
    public func problem(of seen: HighestSeen) throws -> StoreError? {
        try connected { try Self.problem(of: seen, $0) }
    }

    /// The name of the database, and the end of its log.
    public func identity() throws -> (databaseID: String, head: Head) {
        try connected { (try Schema.databaseID($0), try LogReader.head($0)) }
    }

    /// A connection to a database whose schema may be any, or none.
    func unchecked() throws -> Link {
        try translated { Link(connection: try Connection(endpoint)) }
    }

    /// The end of the log as it stands; what was appended last may not be durable yet (`durableHead`).
    public func head() throws -> Head {
        try connected { try LogReader.head($0) }
    }

    /// The events in `range`, in order, without holes; `each` runs on the log's thread.
    public func read(
        _ range: ClosedRange<Position>, _ each: @Sendable (RecordedEvent) throws -> Void
    ) throws {
        try connected { connection in try LogReader.read(range, connection, each) }
    }

    /// Folds the events in `range`, in order, without holes; `body` runs on the log's thread.
    public func reduce<Result: Sendable>(
        _ range: ClosedRange<Position>, into initial: Result,
        _ body: @Sendable (inout Result, RecordedEvent) throws -> Void
    ) throws -> Result {
        try connected { connection in
            var result = initial
            try LogReader.read(range, connection) { try body(&result, $0) }
            return result
        }
    }

    /// The event at a position; nil where there is none.
    public func event(at position: Position) throws -> RecordedEvent? {
        try connected { connection in
            var event: RecordedEvent?
            try connection.query(EventRow.select + " WHERE position = ?", [.uint(UInt64(position))]) {
                event = try EventRow.event($0)
            }
            return event
        }
    }

    /// The position before the last `count` events; 0 where there are no more.
    public func position(beforeLast count: Int) throws -> Position {
        try connected { connection in
            var position: Position = 0
            try connection.query(
                "SELECT position FROM event ORDER BY position DESC LIMIT 1 OFFSET ?", [.int(Int64(count))]
            ) { position = try $0.whole(0) }
            return position
        }
    }

    /// The events of one stream, in its order; at most `limit`.
    public func stream(_ name: String, limit: Int) throws -> [RecordedEvent] {
        try connected { connection in
            var events: [RecordedEvent] = []
            try connection.query(
                EventRow.select + " WHERE stream = ? ORDER BY stream_version LIMIT ?",
                [.text(name), .int(Int64(limit))]
            ) { events.append(try EventRow.event($0)) }
            return events
        }
    }

    /// All events of one kind, in order, by the index on the type. For kinds that are rare.
    public func events(of kind: Event.Kind) throws -> [RecordedEvent] {
        try connected { connection in
            var events: [RecordedEvent] = []
            try connection.query(EventRow.select + " WHERE type = ? ORDER BY position", [.text(kind.rawValue)]) {
                events.append(try EventRow.event($0))
            }
            return events
        }
    }

    /// The last position whose event is not later than `time`; 0 when there is none. Times do not fall along the log, so
    /// it is found by halving: one primary-key read a step.
    public func position(at time: Timestamp) throws -> Position {
        try connected { connection in
            var low = 0
            var high = try LogReader.head(connection).position
            while low < high {
                let middle = (low + high + 1) / 2
                var at = Timestamp(microseconds: .max)
                // The first one from there on: behind what a `log.restored` left out.
                try connection.query(
                    "SELECT at FROM event WHERE position >= ? ORDER BY position LIMIT 1", [.uint(UInt64(middle))]
                ) { at = try $0.time(0) }
                if at <= time { low = middle } else { high = middle - 1 }
            }
            return low
        }
    }

    /// Counts over the whole table: takes the longer, the longer the log is.
    public func stats() throws -> LogStats {
        try connected { try LogStats($0) }
    }

    /// The whole chain, every column against its payload. `progress` is told the position now and then; what it throws ends
    /// the verification.
    public func verify(progress: @Sendable (Position) throws -> Void) throws -> Verification {
        try connected { connection in try Verification.run(connection, progress: progress) }
    }

    /// The stored projections beside the fold of the log at their positions.
    public func check<Machine: StoredMachine>(
        _ machine: Machine.Type, only name: String?, _ watch: @Sendable (FoldNotice) -> Void
    ) throws -> [ProjectionCheck] {
        try connected { try ProjectionCheck.run(machine, only: name, $0, watch) }
    }

    /// Writes the stored projections anew from the log, with the head locked meanwhile so that nobody appends, and before
    /// that the snapshots.
    public func rebuild<Machine: StoredMachine>(
        _ machine: Machine.Type, snapshotInterval: Int = Snapshots.interval, _ watch: @Sendable (FoldNotice) -> Void
    ) throws -> Position {
        try connected { try ProjectionRebuild<Machine>.run(every: snapshotInterval, $0, watch) }
    }

    /// The state at the head as this moment has it, without keeping it: loaded from the stored projections.
    public func current<Machine: StoredMachine>(_ machine: Machine.Type) throws -> (machine: Machine, head: Head) {
        try connected { connection in
            var folded = try Folded<Machine>.load(connection)
            let head = try LogReader.head(connection)
            guard try LogReader.catchUp(&folded, to: head, connection) else { throw LogReader.foreignProjections }
            return (folded.machine, head)
        }
    }
}
