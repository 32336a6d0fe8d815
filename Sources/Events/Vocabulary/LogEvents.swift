/// `log.redacted`: the payload of an earlier event was erased, in the transaction that appended this one.
public struct LogRedacted: EventData {
    /// Of the event whose payload is gone.
    public var position: Position
    /// A user's name.
    public var by: String
    /// Why, in his words.
    public var reason: String
    /// What stands in the place of the payload since: canonical JSON. Under the chain here, so that it is held against
    /// what the event's row has.
    public var remains: [UInt8]

    /// A redaction as the machine decided it; nothing is checked.
    public init(position: Position, by: String, reason: String, remains: [UInt8]) {
        self.position = position
        self.by = by
        self.reason = reason
        self.remains = remains
    }

    /// Throws where a field is missing: there is no optional one.
    public init(from reader: inout JSONReader) throws(JSONError) {
        by = try reader.string("by")
        position = try reader.int("position")
        reason = try reader.string("reason")
        remains = try reader.raw("remains")
    }

    /// Ascending, always all fields.
    public func write(to writer: inout JSONWriter) {
        writer.field("by", by)
        writer.field("position", position)
        writer.field("reason", reason)
        writer.key("remains")
        writer.raw(remains)
    }

    /// Never asked for: who erased what, and why, is not erased.
    public var redacted: Self {
        Self(position: position, by: Self.redactedText, reason: Self.redactedText, remains: remains)
    }
}
