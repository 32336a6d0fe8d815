internal import Digest
internal import Events
internal import MySQL

/// What one transaction writes. Every write tells how many rows it changed; any other number abandons the transaction.
extension MySQLLog {
    /// Inserts the events, moves the projections and the head. True when the state was stored too.
    func write(
        _ batch: Batch<Machine>, after head: Head, _ at: Timestamp, _ connection: borrowing Connection
    ) throws -> Bool {
        var values: [Value] = []
        values.reserveCapacity(batch.events.count * EventRow.columns.count)
        for (event, fact) in zip(batch.events, batch.facts) {
            values += EventRow.values(event, Subject(fact.event))
            live.advance(event)
        }
        try connection.insert(into: "event", columns: EventRow.columns, rows: values)
        if isStateDue { try lookForStored(connection) }
        // The stored state is older than the head, so it may hold a text that the head's does not hold any more.
        let stores = isStateDue || !batch.redactions.isEmpty
        if stores { storedBytes = 0 }
        for name in Machine.projectionNames { try move(name, storing: stores, connection) }
        if stores, Snapshots.isDue(between: storedPosition, and: live.head.position, every: snapshotInterval) {
            try Snapshots.keep(at: live.head.position, connection)
        }
        let moved = try connection.execute(
            "UPDATE log_head SET position = ?, hash = ?, at = ? WHERE id = 1 AND position = ?",
            [
                .uint(UInt64(live.head.position)), .bytes(live.head.hash.bytes), .timestamp(Int64(at.microseconds)),
                .uint(UInt64(head.position)),
            ])
        guard moved == 1 else { throw Self.unguarded("the head moved although it was locked") }
        return stores
    }

    /// Another process may have stored the state meanwhile. Among many each would else store it with nearly every commit.
    private func lookForStored(_ connection: borrowing Connection) throws {
        var stored: [(position: Position, bytes: Int)] = []
        try connection.query("SELECT name, position, state_size FROM projection", []) { row in
            guard Machine.projectionNames.contains(try row.text(0)) else { return }
            stored.append((try row.whole(1), try row.whole(2)))
        }
        storedPosition = max(storedPosition, stored.map(\.position).min() ?? 0)
        storedBytes = stored.reduce(0) { $0 + $1.bytes }
    }

    /// Moves one projection's version, guarded by the version before. A projection that the events did not touch is left
    /// alone unless its state is due. The first append makes the rows.
    private func move(_ name: String, storing: Bool, _ connection: borrowing Connection) throws {
        let before = committed.versions[name, default: 0]
        let after = live.versions[name, default: 0]
        let isFirst = committed.head.position == 0
        guard storing || isFirst || after != before else { return }
        let written: Bool
        if storing || isFirst {
            let state = live.machine.encodeProjection(name)
            storedBytes += state.count
            written = try StoredProjection.write(name, state, of: live, expected: isFirst ? nil : before, connection)
        } else {
            written =
                try connection.execute(
                    "UPDATE projection SET version = version + ? WHERE name = ? AND version = ?",
                    [.int(Int64(after - before)), .text(name), .int(Int64(before))]) == 1
        }
        guard written else { throw Self.unguarded("the projection '\(name)' is not at version \(before)") }
    }

    private static func unguarded(_ problem: String) -> StoreError {
        StoreError(
            .inconsistent, "nothing was written: \(problem)",
            hint: "run: interlock log verify, then interlock projection check")
    }
}
