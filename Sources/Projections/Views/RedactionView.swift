public import Events

/// What was, or would be, erased of one event.
public struct Redaction: Sendable {
    /// Of the event.
    public let position: Position
    /// The event's type.
    public let type: String
    /// False for one that is only tried.
    public let isDone: Bool
    /// The fields of its payload that are gone, or not what they were.
    public let erased: [String]
    /// What stands in place of the payload.
    public let remains: [UInt8]

    /// Of `event` as it was before. Throws where its payload or `remains` is no object.
    public init(of event: RecordedEvent, remains: [UInt8], isDone: Bool) throws {
        position = event.position
        type = event.type
        self.isDone = isDone
        self.remains = remains
        let kept = Dictionary(try Self.fields(remains)) { first, _ in first }
        erased = try Self.fields(event.payload ?? []).filter { kept[$0.0] != $0.1 }.map(\.0)
    }

    private static func fields(_ object: [UInt8]) throws -> [(String, [UInt8])] {
        try JSONReader.read(object) { reader throws(JSONError) in try reader.rawFields() }
    }
}

/// What `log redact` answers.
public func view(of redaction: Redaction, for viewer: Viewer) -> View {
    View(redaction, redactionFields, for: viewer)
}

extension Redaction: Viewable {
    var about: Subject { .platform }
}

let redactionFields: [Field<Redaction>] = [
    .administrators("position") { redaction, _ in .integer(redaction.position) },
    .administrators("type") { redaction, _ in .string(redaction.type) },
    .administrators("redacted") { redaction, _ in .bool(redaction.isDone) },
    .administrators("erased") { redaction, _ in .strings(redaction.erased) },
    .administrators("remains") { redaction, _ in .raw(redaction.remains) },
]
