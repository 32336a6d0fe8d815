public import Events

/// What may be shown to one viewer: the only thing that is ever written out, as JSON or as text. Made by `view(of:for:)`
/// alone, and nowhere but in this folder.
public struct View: Sendable, Equatable {
    /// The fields, in the order in which a person reads them.
    public let json: JSONValue
    /// True when there was something, and all of it was kept from this viewer.
    public let isWithheld: Bool

    /// One line of JSON.
    public var text: String { json.text }

    private init(json: JSONValue, isWithheld: Bool = false) {
        self.json = json
        self.isWithheld = isWithheld
    }

    /// What `viewer` may see of a record.
    init<Record>(_ record: Record, _ fields: [Field<Record>], for viewer: Viewer) {
        json = show(record, fields, for: Onlooker(viewer))
        isWithheld = json.isEmptyObject
    }

    /// What `viewer` may see of several; those of which he may see nothing are left out.
    init<Record>(rows records: [Record], _ fields: [Field<Record>], for viewer: Viewer) {
        json = show(records, fields, for: Onlooker(viewer))
        isWithheld = !records.isEmpty && json == .array([])
    }

    /// The same of several groups.
    init<Record>(groups: [[Record]], _ fields: [Field<Record>], for viewer: Viewer) {
        let groups = groups.map { show($0, fields, for: Onlooker(viewer)) }.filter { $0 != .array([]) }
        json = .array(groups)
        isWithheld = false
    }
}

/// What stands in it, for those who write it down for a person.
extension View {
    /// Of an object the field of this name; nil where it is not known, or not for this viewer.
    public subscript(_ name: String) -> View? {
        guard case .object(let fields) = json, let field = fields.first(where: { $0.name == name }) else { return nil }
        return View(json: field.value)
    }

    /// The fields of an object, in order; none of anything else.
    public var fields: [(name: String, value: View)] {
        guard case .object(let fields) = json else { return [] }
        return fields.map { (name: $0.name, value: View(json: $0.value)) }
    }

    /// The elements of an array; none of anything else.
    public var rows: [View] {
        guard case .array(let elements) = json else { return [] }
        return elements.map { View(json: $0) }
    }

    /// A text; nil of anything else.
    public var string: String? { if case .string(let text) = json { text } else { nil } }

    /// A whole number; nil of anything else.
    public var integer: Int? { if case .integer(let number) = json { number } else { nil } }

    /// A number, whole or not; nil of anything else.
    public var number: Double? {
        switch json {
        case .integer(let number): Double(number)
        case .number(let text): Double(text)
        default: nil
        }
    }

    /// True or false; nil of anything else.
    public var bool: Bool? { if case .bool(let flag) = json { flag } else { nil } }

    /// A time; nil of anything else.
    public var time: Timestamp? { string.flatMap { Timestamp($0) } }

    /// The rows of a field; none where it is not there.
    public func rows(_ name: String) -> [View] { self[name]?.rows ?? [] }

    /// The text of a field; nil where it is not there.
    public func string(_ name: String) -> String? { self[name]?.string }

    /// The number of a field; nil where it is not there.
    public func integer(_ name: String) -> Int? { self[name]?.integer }

    /// The number of a field, whole or not; nil where it is not there.
    public func number(_ name: String) -> Double? { self[name]?.number }

    /// The time of a field; nil where it is not there.
    public func time(_ name: String) -> Timestamp? { self[name]?.time }
}
