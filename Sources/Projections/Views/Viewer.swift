public import Events

/// Who looks. There is no default: every output says for whom it is.
public struct Viewer: Sendable, Hashable {
    /// What the viewer may see follows from it.
    public let role: Role

    /// Whoever makes one answers for the role: nothing is looked up.
    public init(role: Role) {
        self.role = role
    }

    /// Who has the database's credentials.
    public static let administrator = Viewer(role: .admin)
}

/// What may be shown to one viewer: the only thing that is ever written out. Made by `view(of:for:)` alone, and nowhere
/// but in this folder.
public struct View: Sendable, Equatable {
    /// The fields, in the order in which a person reads them.
    public let json: JSONValue

    init(json: JSONValue) {
        self.json = json
    }

    /// One line of JSON.
    public var text: String { json.text }
}

/// Who may see a field.
enum Audience: Sendable {
    case everyone, administrators

    func includes(_ viewer: Viewer) -> Bool {
        switch self {
        case .everyone: true
        case .administrators: viewer.role == .owner || viewer.role == .admin
        }
    }
}

/// One field of a record, and who may see it. A record shows the fields that are listed for the viewer and no others.
struct Field<Record>: Sendable {
    let name: String
    let audience: Audience
    let value: @Sendable (Record, Viewer) -> JSONValue?

    static func everyone(_ name: String, _ value: @escaping @Sendable (Record, Viewer) -> JSONValue?) -> Field {
        Field(name: name, audience: .everyone, value: value)
    }

    static func administrators(_ name: String, _ value: @escaping @Sendable (Record, Viewer) -> JSONValue?) -> Field {
        Field(name: name, audience: .administrators, value: value)
    }
}

/// The allow-listed fields of `record` that are known.
func show<Record>(_ record: Record, _ fields: [Field<Record>], for viewer: Viewer) -> JSONValue {
    .object(
        fields.compactMap { field in
            guard field.audience.includes(viewer), let value = field.value(record, viewer) else { return nil }
            return (name: field.name, value: value)
        })
}

/// What is not known is absent.
extension JSONValue {
    static func known(_ text: String?) -> JSONValue? { text.map { .string($0) } }
    static func known(_ number: Int?) -> JSONValue? { number.map { .integer($0) } }
    static func known(_ time: Timestamp?) -> JSONValue? { time.map { .string($0.description) } }
}
