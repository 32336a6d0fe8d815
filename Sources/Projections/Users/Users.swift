public import Events

/// Somebody with a role.
public struct User: Sendable, Equatable {
    /// By which he is known.
    public let name: String
    /// What he may do.
    public internal(set) var role: Role
    /// Where he is written to.
    public internal(set) var email: String?
    /// The time of `user.added`.
    public let addedAt: Timestamp
    /// Since when he is written to there, or nowhere.
    public internal(set) var addressSince: Timestamp
}

/// Those who have a role.
public struct Users: Sendable, Equatable {
    private var byName: [String: User] = [:]

    /// Nobody.
    init() {}

    /// Follows a `user.…` event; others are none of its business.
    mutating func evolve(_ fact: Fact) throws(HistoryError) {
        switch fact.event {
        case .userAdded(let data):
            guard byName[data.user] == nil else { throw fact.error("user '\(data.user)' is there already") }
            byName[data.user] = User(
                name: data.user, role: data.role, email: data.email, addedAt: fact.at, addressSince: fact.at)
        case .userRoleChanged(let data):
            try expect(data.user, fact)
            byName[data.user]?.role = data.to
        case .userEmailChanged(let data):
            try expect(data.user, fact)
            byName[data.user]?.email = data.email
            byName[data.user]?.addressSince = fact.at
        case .userRemoved(let data):
            try expect(data.user, fact)
            byName[data.user] = nil
        default: break
        }
    }

    private func expect(_ name: String, _ fact: Fact) throws(HistoryError) {
        guard byName[name] != nil else { throw fact.error("there is no user '\(name)'") }
    }
}

/// What views and commands ask.
extension Users {
    /// Nil where there is none.
    public subscript(name: String) -> User? { byName[name] }

    /// By name.
    public var all: [User] { byName.values.sorted { $0.name < $1.name } }

    /// How many there are.
    public var count: Int { byName.count }

    /// True where nobody else is an owner.
    func isLastOwner(_ name: String) -> Bool {
        byName[name]?.role == .owner && byName.values.count { $0.role == .owner } == 1
    }
}

/// The stored form: canonical JSON, users by name.
extension Users {
    var encoded: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            if !byName.isEmpty {
                writer.objects("users", all) {
                    $1.field("addedAt", $0.addedAt.microseconds)
                    if $0.addressSince != $0.addedAt { $1.field("addressSince", $0.addressSince.microseconds) }
                    $1.field("email", $0.email)
                    $1.field("role", $0.role.rawValue)
                    $1.field("user", $0.name)
                }
            }
        }
        return writer.bytes
    }

    init(encoded: [UInt8]) throws(JSONError) {
        let users = try JSONReader.read(encoded) { reader throws(JSONError) in
            try reader.object { fields throws(JSONError) in
                try fields.optionalObjects("users") { fields throws(JSONError) in
                    let addedAt = Timestamp(microseconds: try fields.int("addedAt"))
                    let addressSince = try fields.optionalInt("addressSince").map { Timestamp(microseconds: $0) }
                    let email = try fields.optionalString("email")
                    let role: Role = try fields.choice("role")
                    return User(
                        name: try fields.string("user"), role: role, email: email, addedAt: addedAt,
                        addressSince: addressSince ?? addedAt)
                }
            }
        }
        for user in users { byName[user.name] = user }
    }
}
