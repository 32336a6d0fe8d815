/// The data of one type of event. `write` names the fields in ascending order, and `init(from:)` asks for them in the
/// same order (`JSONReader`).
public protocol EventData: Sendable, Equatable {
    init(from reader: inout JSONReader) throws(JSONError)
    func write(to writer: inout JSONWriter)

    /// What a redaction leaves: without every text that a person or a program worded, or by which a person is known; with
    /// the ids, paths, modes, tokens, times, outcomes and numbers that the history behind the event needs. A text that the
    /// type requires is `redactedText`.
    var redacted: Self { get }
}

extension EventData {
    /// Stands where a text was that the type requires.
    static var redactedText: String { "redacted" }

    /// The payload: canonical JSON (RFC 8785).
    public var payload: [UInt8] {
        var writer = JSONWriter()
        writer.object { write(to: &$0) }
        return writer.bytes
    }

    /// Reads a payload. Throws where a field is missing or of another type; unknown fields are passed over.
    public init(payload: [UInt8]) throws(JSONError) {
        self = try JSONReader.read(payload) { reader throws(JSONError) in
            try reader.object { fields throws(JSONError) in try Self(from: &fields) }
        }
    }
}
