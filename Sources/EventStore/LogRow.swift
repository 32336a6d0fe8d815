internal import Digest
internal import Events
internal import MySQL

/// A row of table `event`, whole or in part.
protocol LogRow {
    /// Up to the condition.
    static var select: String { get }

    var position: Position { get }
    var type: String { get }
    var hash: SHA256.Digest { get }

    init(_ row: borrowing Row) throws
    func fact() throws(HistoryError) -> Fact
}

extension RecordedEvent: LogRow {
    static var select: String { EventRow.select }

    init(_ row: borrowing Row) throws { self = try EventRow.event(row) }
}

/// What it takes to fold an event: half of its columns. A fresh process reads some hundreds before its first command.
struct LogStep: LogRow {
    static let select = """
        SELECT position, stream, stream_version, type, schema_version, at, payload, payload_encoding, payload_size, hash \
        FROM event
        """

    let position: Position
    let stream: String
    let streamVersion: Int
    let type: String
    let schema: Int
    let at: Timestamp
    /// The payload, or what a redaction left of it.
    let content: [UInt8]?
    let hash: SHA256.Digest

    init(_ row: borrowing Row) throws {
        position = try row.whole(0)
        (stream, streamVersion) = (try row.text(1), try row.whole(2))
        (type, schema, at) = (try row.text(3), try row.whole(4), try row.time(5))
        content = try EventRow.content(row, 6, position).bytes
        hash = try EventRow.digest(row, 9, "hash", position)
    }

    func fact() throws(HistoryError) -> Fact {
        try RecordedEvent.fact(position, at: at, type: type, schema: schema, payload: content)
    }
}
