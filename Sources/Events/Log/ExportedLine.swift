internal import Digest

/// One line of `log export`: where its fields stand. Nothing is built of it but what is asked for, as a replay needs five
/// of the fifteen.
public struct ExportedLine {
    /// In the order in which an export has them; another order is read as well.
    private enum Field: Int, CaseIterable {
        case position, id, stream, streamVersion, type, schema, at, actor, host, correlation, causation, data
        case remains, payloadHash, hash
    }

    private static let names = Field.allCases.map { "\($0)" }

    private let bytes: [UInt8]
    /// Where each field's value begins; negative for one that is not there.
    private let starts: InlineArray<15, Int>
    /// Behind the data, or what remains of it, whose bytes are taken as they are.
    private let dataEnd: Int
    /// Behind the line's newline.
    public let end: Int

    /// Its place in the log.
    public let position: Position

    /// The line that begins at `offset`. Throws where it is no JSON object with a position, or where more stands on it.
    public init(_ bytes: [UInt8], at offset: Int) throws(JSONError) {
        self.bytes = bytes
        var reader = JSONReader(bytes, at: offset)
        var starts = InlineArray<15, Int>(repeating: -1)
        var expected = 0
        var dataEnd = 0
        try reader.expect(UInt8(ascii: "{"))
        while let key = try reader.nextKey() {
            let field = Self.field(key, reader, expected)
            if let field {
                starts[field] = reader.offset
                expected = field + 1
            }
            try reader.skipValue()
            if field == Field.data.rawValue || field == Field.remains.rawValue { dataEnd = reader.offset }
        }
        try reader.expect(UInt8(ascii: "}"))
        try reader.expect(UInt8(ascii: "\n"))
        (self.starts, self.dataEnd, end) = (starts, dataEnd, reader.offset)
        guard starts[Field.position.rawValue] >= 0 else { throw reader.error("there is no position") }
        var value = JSONReader(bytes, at: starts[Field.position.rawValue])
        position = try value.intValue()
    }

    private static func field(_ key: Range<Int>, _ reader: JSONReader, _ expected: Int) -> Int? {
        if expected < names.count, reader.compare(key, names[expected]) == 0 { return expected }
        return names.firstIndex { reader.compare(key, $0) == 0 }
    }

    private func reader(_ field: Field) -> JSONReader? {
        starts[field.rawValue] >= 0 ? JSONReader(bytes, at: starts[field.rawValue]) : nil
    }

    private func required(_ field: Field) throws(JSONError) -> JSONReader {
        guard let reader = reader(field) else { throw JSONError(problem: "there is no \(field)", offset: 0) }
        return reader
    }

    private func text(_ field: Field) throws(JSONError) -> String {
        var reader = try required(field)
        return try reader.stringValue()
    }

    private func number(_ field: Field) throws(JSONError) -> Int {
        var reader = try required(field)
        return try reader.intValue()
    }

    private func digest(_ field: Field) throws(JSONError) -> SHA256.Digest {
        guard let digest = SHA256.Digest(hex: try text(field)) else {
            throw JSONError(problem: "\(field) is no SHA-256 in hexadecimal digits", offset: 0)
        }
        return digest
    }

    /// The data, or what remains of a redacted event: an export has one of them.
    private func raw(_ field: Field) -> [UInt8]? {
        let start = starts[field.rawValue]
        return start >= 0 ? Array(bytes[start..<dataEnd]) : nil
    }
}

extension ExportedLine {
    /// The database's time.
    public func time() throws(JSONError) -> Timestamp {
        var reader = try required(.at)
        let (range, _) = try reader.scanString()
        guard let time = Timestamp(bytes[range]) else { throw reader.error("at is no time") }
        return time
    }

    /// The event with its place, for folding.
    public func fact() throws(HistoryError) -> Fact {
        let (time, type, schema): (Timestamp, String, Int)
        do throws(JSONError) {
            (time, type, schema) = (try self.time(), try text(.type), try number(.schema))
        } catch {
            throw HistoryError(position: position, problem: "its line cannot be read: \(error)")
        }
        return try RecordedEvent.fact(
            position, at: time, type: type, schema: schema, payload: raw(.data) ?? raw(.remains))
    }

    /// All of the event; neither hash is checked.
    public func event() throws(JSONError) -> RecordedEvent {
        var causation: Int?
        if var reader = reader(.causation) { causation = try reader.intValue() }
        return RecordedEvent(
            position: position, id: try text(.id), stream: try text(.stream),
            streamVersion: try number(.streamVersion), type: try text(.type), schema: try number(.schema),
            at: try time(), actor: try text(.actor), host: try text(.host), correlation: try text(.correlation),
            causation: causation, payload: raw(.data), remains: raw(.remains), payloadHash: try digest(.payloadHash),
            hash: try digest(.hash))
    }
}
