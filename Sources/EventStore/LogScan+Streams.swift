public import Events
internal import MySQL

/// What stands in the payloads of a stream, for who looks for a few among many. It narrows only: a compressed payload may hold
/// anything, so whoever gets the streams looks at what is in them.
public struct PayloadCondition: Sendable {
    /// A field and its value, as canonical JSON has them: nothing else in a payload reads the same, as a quote within a text
    /// has a backslash before it.
    public let texts: [String]
    /// The events besides the stream's first one that may hold one of the texts.
    public let kind: Event.Kind?

    /// - Parameter texts: one of them at least is held by the first event of the stream, or by one of `kind`.
    public init(anyOf texts: [String], alsoIn kind: Event.Kind? = nil) {
        (self.texts, self.kind) = (texts, kind)
    }

    var sql: String {
        guard kind != nil else { return "(\(holds("first")))" }
        return """
            (\(holds("first")) OR EXISTS (SELECT 1 FROM event later \
            WHERE later.stream = event.stream AND later.type = ? AND (\(holds("later")))))
            """
    }

    private func holds(_ event: String) -> String {
        let encoding = "\(event).payload_encoding = \(EventRow.Encoding.lz4.rawValue)"
        return ([encoding] + texts.map { _ in "LOCATE(?, \(event).payload) > 0" }).joined(separator: " OR ")
    }

    var values: [Value] {
        let values = texts.map { Value.bytes(Array($0.utf8)) }
        return kind.map { values + [.text($0.rawValue)] + values } ?? values
    }
}

extension LogScan {
    /// The newest streams that have an event of `kind` and hold what is wanted, newest first: how finished tasks, and
    /// notifications that are over, are found. Reads the index on the type backwards, and of each stream its first event, until
    /// there are enough.
    public func streams(
        with kind: Event.Kind, before position: Position, limit: Int, where conditions: [PayloadCondition] = []
    ) throws -> [(stream: String, position: Position)] {
        let first =
            conditions.isEmpty
            ? "" : "STRAIGHT_JOIN event first ON first.stream = event.stream AND first.stream_version = 1"
        let narrowed = conditions.map { " AND \($0.sql)" }.joined()
        return try connected { connection in
            var streams: [(stream: String, position: Position)] = []
            try connection.query(
                """
                SELECT event.stream, event.position FROM event \(first) WHERE event.type = ? AND event.position < ?\(narrowed) \
                ORDER BY event.position DESC LIMIT ?
                """,
                [.text(kind.rawValue), .uint(UInt64(position))] + conditions.flatMap(\.values) + [.int(Int64(limit))]
            ) { streams.append((try $0.text(0), try $0.whole(1))) }
            return streams
        }
    }

    /// The events of `kinds` of several streams, one stream behind the other, each in its order.
    public func events(of streams: [String], kinds: [Event.Kind]) throws -> [RecordedEvent] {
        guard !streams.isEmpty else { return [] }
        return try connected { connection in
            var events: [RecordedEvent] = []
            func places(_ count: Int) -> String { Array(repeating: "?", count: count).joined(separator: ", ") }
            try connection.query(
                EventRow.select + """
                     WHERE stream IN (\(places(streams.count))) AND type IN (\(places(kinds.count))) \
                    ORDER BY stream, stream_version
                    """,
                streams.map { .text($0) } + kinds.map { .text($0.rawValue) }
            ) { events.append(try EventRow.event($0)) }
            return events
        }
    }
}
