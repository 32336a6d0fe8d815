internal import Digest
internal import Events
internal import MySQL
internal import Synchronization
internal import System

/// Reads of the log on one connection. The head comes first, in a statement of its own, then events up to it: on MariaDB
/// one snapshot can show a later event without an earlier one, but nothing up to a head that was read before.
enum LogReader {
    /// Events read by one statement.
    static let pageSize = 2000
    /// So often an event that is missing is looked for, about a quarter of a second in all.
    static let maximumLooks = 8
    /// Holes that were seen by this process; there should be none.
    static let holes = Atomic<Int>(0)

    static func head(_ connection: borrowing Connection) throws -> Head {
        var head: Head?
        try connection.query("SELECT position, hash FROM log_head WHERE id = 1", []) { row in
            guard let hash = try row.digest(1) else {
                throw StoreError(.damaged, "the head's hash is not 32 bytes long")
            }
            head = Head(position: try row.whole(0), hash: hash)
        }
        guard let head else { throw noHead }
        return head
    }

    static var noHead: StoreError {
        StoreError(.damaged, "the log's head is missing", hint: "restore the database from a backup")
    }

    static var foreignProjections: StoreError {
        StoreError(
            .damaged, "the stored projections do not belong to this log", hint: "run: interlock projection rebuild")
    }

    /// The events behind `position` up to `head`, at most `limit`. Held at a hole.
    static func events(
        after position: Position, limit: Int, upTo head: Head, _ connection: borrowing Connection
    ) throws -> [RecordedEvent] {
        guard head.position > position, limit > 0 else { return [] }
        var events: [RecordedEvent] = []
        do {
            try read(position + 1...head.position, limit: limit, connection) { (event: RecordedEvent) in
                events.append(event)
            }
        } catch {
            // What lies before a hole is handed on; the next call stands before it, and says so.
            guard let error = error as? StoreError, error.code == .damaged, !events.isEmpty else { throw error }
        }
        return events
    }

    /// The events in `range`, the first `limit` of them, each exactly once and in order. At a hole it is waited for the event,
    /// and looked again; one that stays throws `damaged` at its position. No event behind a hole is ever handed on. What a
    /// `log.restored` left out is no hole.
    static func read<Event: LogRow>(
        _ range: ClosedRange<Position>, limit: Int = .max, _ connection: borrowing Connection,
        _ each: (Event) throws -> Void
    ) throws {
        var next = range.lowerBound
        var left = limit
        var looks = 0
        while next <= range.upperBound, left > 0 {
            let last = min(range.upperBound, next + min(pageSize, left) - 1)
            let start = next
            next = try page(start...last, connection, each)
            left -= next - start
            guard next <= last else { continue }
            if let end = try gap(at: next, isEntered: next > range.lowerBound, connection) {
                next = end
                continue
            }
            looks = next == start ? looks + 1 : 1
            holes.add(1, ordering: .relaxed)
            guard looks < maximumLooks else { throw hole(next) }
            Pause.milliseconds(1 << looks)
        }
    }

    /// Where the log goes on, if a `log.restored` left out `position`; nil where its event is missing. `isEntered`: the event
    /// before it was read.
    private static func gap(
        at position: Position, isEntered: Bool, _ connection: borrowing Connection
    ) throws -> Position? {
        var next: RecordedEvent?
        try connection.query(
            EventRow.select + " WHERE position >= ? ORDER BY position LIMIT 1", [.uint(UInt64(position))]
        ) { next = try EventRow.event($0) }
        guard let next, next.position > position, let previous = try next.fact().jumpedFrom,
            isEntered ? previous == position - 1 : previous < position
        else { return nil }
        return next.position
    }

    /// One statement: the events in `range` in order, up to the first that is missing. The position behind the last one.
    private static func page<Event: LogRow>(
        _ range: ClosedRange<Position>, _ connection: borrowing Connection, _ each: (Event) throws -> Void
    ) throws -> Position {
        var next = range.lowerBound
        var isHeld = false
        try connection.query(
            Event.select + " WHERE position BETWEEN ? AND ? ORDER BY position",
            [.uint(UInt64(range.lowerBound)), .uint(UInt64(range.upperBound))]
        ) { row in
            let event = try Event(row)
            guard !isHeld, event.position == next else {
                isHeld = true
                return
            }
            try each(event)
            next += 1
        }
        return next
    }

    /// The events behind `earlier` up to `head`, with the one at `earlier` in the same statement: nothing is handed on, and
    /// the answer is false, where the log that ends at `head` did not go through `earlier`.
    static func follow(
        _ earlier: Head, to head: Head, _ connection: borrowing Connection, _ each: (LogStep) throws -> Void
    ) throws -> Bool {
        guard earlier.position < head.position else { return earlier == head }
        var isHeld = earlier.position > 0
        do {
            try read(max(1, earlier.position)...head.position, connection) { (event: LogStep) in
                if isHeld, event.position > earlier.position { throw Foreign() }
                isHeld = false
                try hand(event, on: each, behind: earlier)
            }
            return earlier.position > 0 || earlier == .empty
        } catch is Foreign {
            return false
        }
    }

    /// The same up to a head that somebody has told about. It may be of another log: no event is waited for.
    static func follow(
        _ earlier: Head, towards word: Head, _ connection: borrowing Connection, _ each: (LogStep) throws -> Void
    ) throws {
        guard earlier.position > 0, (1..<pageSize).contains(word.position - earlier.position) else { return }
        do {
            _ = try page(earlier.position...word.position, connection) { try hand($0, on: each, behind: earlier) }
        } catch is Foreign {}
    }

    private struct Foreign: Error {}

    private static func hand(
        _ event: LogStep, on each: (LogStep) throws -> Void, behind earlier: Head
    ) throws {
        if event.position > earlier.position { return try each(event) }
        guard event.hash == earlier.hash else { throw Foreign() }
    }

    /// The chain's hash at a position; nil where there is no event.
    static func hash(at position: Position, _ connection: borrowing Connection) throws -> SHA256.Digest? {
        var hash: SHA256.Digest?
        try connection.query("SELECT hash FROM event WHERE position = ?", [.uint(UInt64(position))]) {
            hash = try $0.digest(0)
        }
        return hash
    }

    static func hole(_ position: Position) -> StoreError {
        StoreError(.damaged, "event \(position) is missing", position: position)
    }

    /// Brings `folded` up to `head`. False when the log has another hash where `folded` stands: the state belongs to
    /// another history.
    static func catchUp<Machine>(
        _ folded: inout Folded<Machine>, to head: Head, _ connection: borrowing Connection
    ) throws -> Bool {
        guard folded.head != head else { return true }
        return try follow(folded.head, to: head, connection) { try folded.fold($0) } && folded.head == head
    }
}
