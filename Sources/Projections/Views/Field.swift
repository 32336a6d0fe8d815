import Events

/// One field of a record, and who may see it. A record shows the fields that are listed for the viewer and no others.
struct Field<Record: Viewable>: Sendable {
    typealias Value = @Sendable (Record, Onlooker) -> JSONValue?

    let name: String
    let audience: Audience
    let value: Value

    static func everyone(_ name: String, _ value: @escaping Value) -> Field {
        Field(name: name, audience: .everyone, value: value)
    }

    static func operators(_ name: String, _ value: @escaping Value) -> Field {
        Field(name: name, audience: .operators, value: value)
    }

    static func usermanagers(_ name: String, _ value: @escaping Value) -> Field {
        Field(name: name, audience: .usermanagers, value: value)
    }

    static func mailmanagers(_ name: String, _ value: @escaping Value) -> Field {
        Field(name: name, audience: .mailmanagers, value: value)
    }

    static func addressees(_ name: String, _ value: @escaping Value) -> Field {
        Field(name: name, audience: .addressees, value: value)
    }

    static func administrators(_ name: String, _ value: @escaping Value) -> Field {
        Field(name: name, audience: .administrators, value: value)
    }
}

/// The allow-listed fields of `record` that are known. `onlooker` is whoever looks at the record that it is a part of.
func show<Record>(_ record: Record, _ fields: [Field<Record>], for onlooker: Onlooker) -> JSONValue {
    let onlooker = onlooker.before(record)
    return .object(
        fields.compactMap { field in
            guard field.audience.includes(onlooker), let value = field.value(record, onlooker) else { return nil }
            return (name: field.name, value: value)
        })
}

/// The same of several. One of which nobody may see anything is left out.
func show<Record>(_ records: some Sequence<Record>, _ fields: [Field<Record>], for onlooker: Onlooker) -> JSONValue {
    .array(records.map { show($0, fields, for: onlooker) }.filter { !$0.isEmptyObject })
}

extension Array {
    /// True when the field of this name is listed for `onlooker`.
    func shows<Record>(_ name: String, to onlooker: Onlooker) -> Bool where Element == Field<Record> {
        contains { $0.name == name && $0.audience.includes(onlooker) }
    }
}

extension JSONValue {
    /// True for `{}`.
    var isEmptyObject: Bool { if case .object(let fields) = self { fields.isEmpty } else { false } }

    /// What is not known is absent.
    static func known(_ text: String?) -> JSONValue? { text.map { .string($0) } }
    static func known(_ number: Int?) -> JSONValue? { number.map { .integer($0) } }
    static func known(_ time: Timestamp?) -> JSONValue? { time.map { .string($0.description) } }

    static func locks(_ locks: [Lock]) -> JSONValue {
        .array(locks.map { .fields(("path", .string($0.path.text)), ("mode", .string($0.mode.rawValue))) })
    }
}
