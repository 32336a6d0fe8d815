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

    /// The events behind `position` up to the head, at most `limit`. Held at a hole.
    static func events(
        after position: Position, limit: Int, _ connection: borrowing Connection
    ) throws -> [RecordedEvent] {
        let head = try head(connection)
        let count = min(head.position - position, limit)
        guard count > 0 else { return [] }
        var events: [RecordedEvent] = []
        do {
            try read(position + 1...position + count, connection) { events.append($0) }
        } catch {
            // What lies before a hole is handed on; the next call stands before it, and says so.
            guard let error = error as? StoreError, error.code == .damaged, !events.isEmpty else { throw error }
        }
        return events
    }

    /// The events in `range`, each exactly once and in order. At a hole it is waited for the event, and looked again; one
    /// that stays throws `damaged` at its position. No event behind a hole is ever handed on.
    static func read(
        _ range: ClosedRange<Position>, _ connection: borrowing Connection, _ each: (RecordedEvent) throws -> Void
    ) throws {
        var next = range.lowerBound
        var looks = 0
        while next <= range.upperBound {
            let last = min(range.upperBound, next + pageSize - 1)
            let start = next
            var isHeld = false
            try connection.query(
                EventRow.select + " WHERE position BETWEEN ? AND ? ORDER BY position",
                [.uint(UInt64(start)), .uint(UInt64(last))]
            ) { row in
                let event = try EventRow.event(row)
                guard !isHeld, event.position == next else {
                    isHeld = true
                    return
                }
                try each(event)
                next += 1
            }
            guard next <= last else { continue }
            looks = next == start ? looks + 1 : 1
            holes.add(1, ordering: .relaxed)
            guard looks < maximumLooks else { throw hole(next) }
            Pause.milliseconds(1 << looks)
        }
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
        guard try isPast(folded.head, of: head, connection) else { return false }
        try read(folded.head.position + 1...head.position, connection) { try folded.fold($0) }
        return folded.head == head
    }

    /// True when the log that ends at `head` went through `earlier`.
    static func isPast(_ earlier: Head, of head: Head, _ connection: borrowing Connection) throws -> Bool {
        guard earlier.position < head.position else { return earlier == head }
        return try hash(at: earlier.position, connection) == earlier.hash
    }

    /// The chain's hash at a position; nil where there is no event.
    static func hash(at position: Position, _ connection: borrowing Connection) throws -> SHA256.Digest? {
        guard position > 0 else { return RecordedEvent.genesis }
        var hash: SHA256.Digest?
        try connection.query("SELECT hash FROM event WHERE position = ?", [.uint(UInt64(position))]) {
            hash = try $0.digest(0)
        }
        return hash
    }
}
