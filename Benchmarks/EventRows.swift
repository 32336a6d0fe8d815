import MySQL

/// Table `event` as its bare peers see it.
enum EventRows {
    private enum Kind {
        case number, text, bytes, time
    }

    private static let kinds: [(name: String, kind: Kind)] = [
        ("position", .number), ("id", .text), ("stream", .text), ("stream_version", .number), ("type", .text),
        ("schema_version", .number), ("at", .time), ("actor", .text), ("host", .text), ("correlation", .text),
        ("causation", .number), ("session", .text), ("task", .text), ("payload", .bytes),
        ("payload_encoding", .number), ("payload_size", .number), ("payload_checksum", .bytes),
        ("payload_hash", .bytes), ("hash", .bytes),
    ]

    static let columns = kinds.map(\.name)

    /// The rows behind `position`, as values to insert.
    static func after(_ position: Int, _ connection: borrowing Connection) throws -> [Value] {
        var values: [Value] = []
        try connection.query(
            "SELECT \(columns.joined(separator: ", ")) FROM event WHERE position > ? ORDER BY position",
            [.int(Int64(position))]
        ) { row in
            for (index, column) in kinds.enumerated() {
                guard !row.isNull(index) else {
                    values.append(.null)
                    continue
                }
                switch column.kind {
                case .number: values.append(.uint(try row.uint(index)))
                case .text: values.append(.text(try row.text(index)))
                case .bytes: values.append(.bytes(try row.bytes(index)))
                case .time: values.append(.timestamp(try row.timestamp(index)))
                }
            }
        }
        return values
    }

    /// Inserts `rows` into a table of the same layout, `batch` a durable statement, timed.
    static func insert(
        _ rows: [Value], batch: Int, _ connection: borrowing Connection
    ) throws -> Round {
        let width = columns.count * batch
        var laps = Laps(until: .max)
        let start = Clock.now
        for first in stride(from: 0, to: rows.count, by: width) {
            let part = Array(rows[first..<min(first + width, rows.count)])
            try connection.insert(into: "event", columns: columns, rows: part)
            _ = laps.lap()
        }
        var round = laps.round
        round.count = rows.count / columns.count
        round.seconds = Clock.seconds(since: start)
        return round
    }
}
