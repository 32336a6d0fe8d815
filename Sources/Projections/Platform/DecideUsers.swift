import Events

/// Users and their roles.
extension Platform {
    /// The most users there are at one time.
    public static let maximumUsers = 10_000
    /// The longest name of a user or an app, in bytes.
    public static let maximumName = 64

    mutating func addUser(_ user: UserAdded, _ draft: inout Draft) throws -> Reply {
        try checkName(user.user, "a user")
        try checkAddress(user.email)
        if let known = users[user.user] {
            guard known.role == user.role, known.email == user.email else {
                throw Refusal(
                    .userExists, "There is a user '\(user.user)' already, with another role or address.",
                    hint: "Change it with: interlock user set-role, interlock user set-email")
            }
            return .done
        }
        guard users.count < Self.maximumUsers else {
            throw Refusal(.tooMany, "There are \(Self.maximumUsers) users.")
        }
        try emit(.userAdded(user), &draft)
        try settleAudiences(&draft)
        return .done
    }

    mutating func setRole(_ name: String, _ role: Role, _ draft: inout Draft) throws -> Reply {
        let user = try knownUser(name)
        guard user.role != role else { return .done }
        try checkOwner(name, "demoted")
        try emit(.userRoleChanged(UserRoleChanged(user: name, from: user.role, to: role)), &draft)
        // He may be meant no more: then nothing would end it.
        try endTrouble(Line(recipient: name, channel: .mail), &draft)
        try settleAudiences(&draft)
        return .done
    }

    mutating func setEmail(_ name: String, _ email: String?, _ draft: inout Draft) throws -> Reply {
        let user = try knownUser(name)
        try checkAddress(email)
        guard user.email != email else { return .done }
        try emit(.userEmailChanged(UserEmailChanged(user: name, email: email)), &draft)
        try endTrouble(Line(recipient: name, channel: .mail), &draft)
        return .done
    }

    /// He is no operator any more either: who comes by the same name later is somebody else.
    mutating func removeUser(_ name: String, _ draft: inout Draft) throws -> Reply {
        _ = try knownUser(name)
        try checkOwner(name, "removed")
        for app in apps.all where app.settings.operators.contains(name) {
            var changes = AppChanges()
            changes.operators = app.settings.operators.filter { $0 != name }
            try emit(.appChanged(AppChanged(app: app.id, changes: changes)), &draft)
        }
        try emit(.userRemoved(UserRemoved(user: name)), &draft)
        try endTrouble(Line(recipient: name, channel: .mail), &draft)
        try settleAudiences(&draft)
        return .done
    }

    func knownUser(_ name: String) throws -> User {
        guard let user = users[name] else {
            throw Refusal(.noSuchUser, "There is no user '\(name)'.", hint: "See: interlock user list")
        }
        return user
    }

    private func checkOwner(_ name: String, _ what: String) throws {
        guard !users.isLastOwner(name) else {
            throw Refusal(
                .lastOwner, "'\(name)' is the last owner and cannot be \(what).",
                hint: "Make somebody else owner first: interlock user set-role NAME owner")
        }
    }

    /// Names become segments of lock paths and parts of streams.
    func checkName(_ name: String, _ what: String) throws {
        let isSegment = !name.isEmpty && !name.utf8.contains(UInt8(ascii: "/")) && LockPath("/" + name) != nil
        guard isSegment, name.utf8.first != UInt8(ascii: "-"), name.utf8.count <= Self.maximumName else {
            throw Refusal(
                .invalid,
                "The name of \(what) is letters, digits and . _ - @ : (at most \(Self.maximumName), not beginning with -)."
            )
        }
    }

    func checkAddress(_ address: String?) throws {
        guard address.map(MailAddress.isValid) ?? true else {
            throw Refusal(.invalid, "A mail address is written as somebody@example.com.")
        }
    }
}
