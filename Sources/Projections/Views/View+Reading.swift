public import Events

/// How text is made from a view: it can show no more than the JSON.
extension View {
    /// The elements of a list; none for anything else.
    public var rows: [View] {
        guard case .array(let elements) = json else { return [] }
        return elements.map(View.init(json:))
    }

    /// A field; nil where it is not there, or not for this viewer.
    public subscript(name: String) -> View? {
        guard case .object(let fields) = json else { return nil }
        return fields.first { $0.name == name }.map { View(json: $0.value) }
    }

    /// A string as it is; anything else as JSON.
    public var plain: String {
        if case .string(let text) = json { text } else { json.text }
    }
}
