/// One line of `log export`: where the fields stand that a replay needs. Nothing is built of it but what is asked for.
public struct ExportedLine {
    private enum Field: Int, CaseIterable {
        case position, type, schema, at, data, remains
    }

    private static let names = Field.allCases.map { "\($0)" }

    private let bytes: [UInt8]
    /// Where each field's value begins; negative for one that is not there.
    private let starts: InlineArray<6, Int>
    /// Behind the data, or what remains of it, whose bytes are taken as they are.
    private let dataEnd: Int
    /// Behind the line's newline.
    public let end: Int

    /// Its place in the log.
    public let position: Position

    /// The largest position that is read: what JSON's numbers hold exactly (RFC 8259, section 6).
    public static let maximumPosition = 1 << 53

    /// The line that begins at `offset`. Throws where it is no JSON object with a position, or where more stands on it.
    public init(_ bytes: [UInt8], at offset: Int) throws(JSONError) {
        self.bytes = bytes
        var reader = JSONReader(bytes, at: offset)
        var starts = InlineArray<6, Int>(repeating: -1)
        var dataEnd = 0
        try reader.expect(UInt8(ascii: "{"))
        while let key = try reader.nextKey() {
            let field = Self.names.firstIndex { reader.compare(key, $0) == 0 }.flatMap(Field.init(rawValue:))
            if let field { starts[field.rawValue] = reader.offset }
            try reader.skipValue()
            if field == .data || field == .remains { dataEnd = reader.offset }
        }
        try reader.expect(UInt8(ascii: "}"))
        try reader.expect(UInt8(ascii: "\n"))
        (self.starts, self.dataEnd, end) = (starts, dataEnd, reader.offset)
        guard starts[Field.position.rawValue] >= 0 else { throw reader.error("there is no position") }
        var value = JSONReader(bytes, at: starts[Field.position.rawValue])
        position = try value.intValue()
        guard (1...Self.maximumPosition).contains(position) else { throw value.error("this is no position") }
    }

    private func reader(_ field: Field) throws(JSONError) -> JSONReader {
        guard starts[field.rawValue] >= 0 else { throw JSONError(problem: "there is no \(field)", offset: 0) }
        return JSONReader(bytes, at: starts[field.rawValue])
    }

    /// The data, or what remains of a redacted event: an export has one of them.
    private var payload: [UInt8]? {
        let start = max(starts[Field.data.rawValue], starts[Field.remains.rawValue])
        return start >= 0 && start < dataEnd ? Array(bytes[start..<dataEnd]) : nil
    }

    /// The database's time.
    public func time() throws(JSONError) -> Timestamp {
        var reader = try reader(.at)
        let (range, _) = try reader.scanString()
        guard let time = Timestamp(bytes[range]) else { throw reader.error("at is no time") }
        return time
    }

    /// The event with its place, for folding.
    public func fact() throws(HistoryError) -> Fact {
        let (time, type, schema): (Timestamp, String, Int)
        do throws(JSONError) {
            var (texts, numbers) = (try reader(.type), try reader(.schema))
            (time, type, schema) = (try self.time(), try texts.stringValue(), try numbers.intValue())
        } catch {
            throw HistoryError(position: position, problem: "its line cannot be read: \(error)")
        }
        return try RecordedEvent.fact(position, at: time, type: type, schema: schema, payload: payload)
    }
}
