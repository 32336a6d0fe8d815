internal import Events
internal import MySQL

/// The stored projections and the snapshots, written anew from the log.
struct ProjectionRebuild<Machine: StoredMachine>: ~Copyable {
    private let interval: Int
    private var folded = Folded<Machine>()
    /// The head before the first event was read: a redaction behind it may have erased what was read.
    private let begun: Position

    /// A redaction meanwhile lets it begin again; no more often than this.
    private static var maximumAttempts: Int { 10 }

    private init(every interval: Int, _ connection: borrowing Connection) throws {
        self.interval = interval
        begun = try LogReader.head(connection).position
    }

    /// Folds the log, then, with the head locked so that nobody appends, the rest, and writes every projection anew. The
    /// position that they are of.
    static func run(
        every interval: Int, _ connection: borrowing Connection, _ watch: (FoldNotice) -> Void
    ) throws -> Position {
        // Who is stopped while he holds the head's lock loses it.
        try connection.run("SET SESSION wait_timeout = \(Writing.stoppedClientSeconds)")
        for _ in 0..<maximumAttempts {
            var rebuild = try ProjectionRebuild(every: interval, connection)
            if let position = try rebuild.run(connection, watch) { return position }
        }
        throw StoreError(
            .inconsistent, "events are redacted all the time: the projections were not rebuilt",
            hint: "try again when that is over")
    }

    /// Nil where something was redacted that may have been read before.
    private mutating func run(
        _ connection: borrowing Connection, _ watch: (FoldNotice) -> Void
    ) throws -> Position? {
        var kept = 0
        while kept / interval < begun / interval {
            let mark = (kept / interval + 1) * interval
            // So many events, not so many positions: a `log.restored` may leave some out.
            try ProjectionCheck.fold(&folded, to: begun, limit: mark - kept, connection, watch)
            let isKept = try Self.withHeadLocked(since: begun, connection) { connection, _ in
                try Snapshots.forget(between: kept, and: folded.head.position, connection)
                try Snapshots.write(folded, connection)
            }
            guard isKept != nil else { return nil }
            kept = folded.head.position
        }
        try ProjectionCheck.fold(&folded, to: begun, connection, watch)
        return try Self.withHeadLocked(since: begun, connection) { connection, head in
            try ProjectionCheck.fold(&folded, to: head, connection, watch)
            // Those behind the last whole interval are kept again when the state is stored next.
            try Snapshots.forget(from: kept + 1, connection)
            _ = try connection.execute("DELETE FROM projection", [])
            for name in Machine.projectionNames where head > 0 {
                let state = folded.machine.encodeProjection(name)
                _ = try StoredProjection.write(name, state, of: folded, expected: nil, connection)
            }
        }
    }

    /// One transaction with the head locked, so that nobody redacts meanwhile. The head's position; nil, and nothing is
    /// written, where something was redacted since this began.
    private static func withHeadLocked(
        since begun: Position, _ connection: borrowing Connection,
        _ body: (borrowing Connection, Position) throws -> Void
    ) throws -> Position? {
        try connection.begin()
        do {
            var head = 0
            try connection.query("SELECT position FROM log_head WHERE id = 1 FOR UPDATE", []) { head = try $0.whole(0) }
            var isRedacted = false
            try connection.query(
                "SELECT position FROM event WHERE type = ? AND position > ? LIMIT 1",
                [.text(Event.Kind.logRedacted.rawValue), .uint(UInt64(begun))]
            ) { _ in isRedacted = true }
            guard !isRedacted else {
                try connection.rollback()
                return nil
            }
            try body(connection, head)
            try connection.commit()
            return head
        } catch {
            if connection.isUsable { try? connection.rollback() }
            throw error
        }
    }
}
