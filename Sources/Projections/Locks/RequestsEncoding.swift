import Events

/// Queued requests as stored: there are few of them.
extension Request {
    func write(to writer: inout JSONWriter) {
        writer.field("deadline", deadline?.microseconds)
        writer.field("locks", locks)
        writer.field("position", position)
        writer.field("reason", reason)
        writer.field("request", id.text)
        writer.field("session", session.text)
        writer.field("since", since.microseconds)
        writer.field("waiter", waiter)
    }

    init(from reader: inout JSONReader) throws(JSONError) {
        deadline = try reader.optionalInt("deadline").map(Timestamp.init(microseconds:))
        locks = try reader.locks("locks")
        position = try reader.int("position")
        reason = try reader.optionalString("reason")
        id = RequestID(try reader.string("request"))
        session = SessionID(try reader.string("session"))
        since = Timestamp(microseconds: try reader.int("since"))
        waiter = try reader.process("waiter")
    }
}

extension JSONReader {
    /// An array of objects.
    mutating func objects<Element>(
        _ name: String, _ element: (inout JSONReader) throws(JSONError) -> Element
    ) throws(JSONError) -> [Element] {
        guard try find(name) else { throw error("field '\(name)' is missing") }
        return try array { reader throws(JSONError) in try reader.object(element) }
    }

    /// None where the field is absent.
    mutating func optionalObjects<Element>(
        _ name: String, _ element: (inout JSONReader) throws(JSONError) -> Element
    ) throws(JSONError) -> [Element] {
        try find(name) ? try array { reader throws(JSONError) in try reader.object(element) } : []
    }

    /// Nil where the field is absent.
    mutating func optionalObject<Value>(
        _ name: String, _ value: (inout JSONReader) throws(JSONError) -> Value
    ) throws(JSONError) -> Value? {
        try find(name) ? try object(value) : nil
    }
}

extension JSONWriter {
    /// An array of objects.
    mutating func objects<Elements: Sequence>(
        _ name: String, _ elements: Elements, _ write: (Elements.Element, inout JSONWriter) -> Void
    ) {
        key(name)
        array(elements) { writer, element in writer.object { write(element, &$0) } }
    }
}
