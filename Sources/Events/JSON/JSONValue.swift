/// A JSON value for what is built or read once: views, exports, answers. Hot paths use the writer and reader directly.
public indirect enum JSONValue: Sendable, Equatable {
    case string(String)
    case integer(Int)
    /// A fraction as its canonical text, e.g. `12.5`: the log computes with whole numbers only.
    case number(String)
    case bool(Bool)
    case array([JSONValue])
    /// Fields in the order in which they are written; `canonical` sorts them.
    case object([(name: String, value: JSONValue)])
    /// Canonical JSON that is passed through as it is.
    case raw([UInt8])

    /// By canonical bytes: the order of an object's fields makes no difference.
    public static func == (left: JSONValue, right: JSONValue) -> Bool {
        left.canonical == right.canonical
    }

    /// An object of the fields that are there: absent values are left out.
    public static func fields(_ fields: (String, JSONValue?)...) -> JSONValue {
        .object(fields.compactMap { name, value in value.map { (name: name, value: $0) } })
    }

    /// The canonical bytes (RFC 8785), fields sorted by UTF-16 code units.
    public var canonical: [UInt8] {
        var writer = JSONWriter()
        write(to: &writer, sorted: true)
        return writer.bytes
    }

    /// One line of text, fields in their own order.
    public var text: String {
        var writer = JSONWriter(isCanonical: false)
        write(to: &writer, sorted: false)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private func write(to writer: inout JSONWriter, sorted: Bool) {
        switch self {
        case .string(let text): writer.value(text)
        case .integer(let number): writer.value(number)
        case .number(let text): writer.raw(text.utf8)
        case .bool(let flag): writer.value(flag)
        case .raw(let bytes): writer.raw(bytes)
        case .array(let elements):
            writer.array(elements) { writer, element in element.write(to: &writer, sorted: sorted) }
        case .object(let fields):
            let ordered = sorted ? fields.sorted { $0.name.utf16.lexicographicallyPrecedes($1.name.utf16) } : fields
            writer.object { writer in
                for (name, value) in ordered {
                    writer.key(name)
                    value.write(to: &writer, sorted: sorted)
                }
            }
        }
    }
}

extension JSONValue {
    /// An array of strings, in the given order.
    public static func strings(_ texts: some Sequence<String>) -> JSONValue {
        .array(texts.map { .string($0) })
    }
}
