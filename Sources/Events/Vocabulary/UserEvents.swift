/// `user.added`: somebody has a role from here on.
public struct UserAdded: EventData {
    /// A name; that of a removed user may come again, and is somebody new.
    public var user: String
    /// What he may do.
    public var role: Role
    /// Where he is written to.
    public var email: String?

    /// A user as the machine decided it; nothing is checked.
    public init(user: String, role: Role, email: String? = nil) {
        self.user = user
        self.role = role
        self.email = email
    }

    /// Throws where `role` or `user` is missing, and for a role that this program does not know.
    public init(from reader: inout JSONReader) throws(JSONError) {
        email = try reader.optionalString("email")
        role = try reader.choice("role")
        user = try reader.string("user")
    }

    /// Ascending; what is nil is left out.
    public func write(to writer: inout JSONWriter) {
        writer.field("email", email)
        writer.field("role", role.rawValue)
        writer.field("user", user)
    }

    /// Without `email`.
    public var redacted: Self {
        var rest = self
        rest.email = nil
        return rest
    }
}

/// `user.role-changed`.
public struct UserRoleChanged: EventData {
    /// Whose role it is.
    public var user: String
    /// Before.
    public var from: Role
    /// From here on.
    public var to: Role

    /// A change as the machine decided it; nothing is checked.
    public init(user: String, from: Role, to: Role) {
        self.user = user
        self.from = from
        self.to = to
    }

    /// Throws where a field is missing, and for a role that this program does not know.
    public init(from reader: inout JSONReader) throws(JSONError) {
        from = try reader.choice("from")
        to = try reader.choice("to")
        user = try reader.string("user")
    }

    /// Ascending, always all fields.
    public func write(to writer: inout JSONWriter) {
        writer.field("from", from.rawValue)
        writer.field("to", to.rawValue)
        writer.field("user", user)
    }

    /// It has no texts.
    public var redacted: Self { self }
}

/// `user.email-changed`.
public struct UserEmailChanged: EventData {
    /// Whose address it is.
    public var user: String
    /// From here on; absent for none.
    public var email: String?

    /// A change as the machine decided it; nothing is checked.
    public init(user: String, email: String?) {
        self.user = user
        self.email = email
    }

    /// Throws where `user` is missing.
    public init(from reader: inout JSONReader) throws(JSONError) {
        email = try reader.optionalString("email")
        user = try reader.string("user")
    }

    /// Ascending; what is nil is left out.
    public func write(to writer: inout JSONWriter) {
        writer.field("email", email)
        writer.field("user", user)
    }

    /// Without `email`.
    public var redacted: Self { Self(user: user, email: nil) }
}

/// `user.removed`: he has no role and nothing is sent to him any more.
public struct UserRemoved: EventData {
    /// Who.
    public var user: String

    /// A removal as the machine decided it; nothing is checked.
    public init(user: String) {
        self.user = user
    }

    /// Throws where `user` is missing.
    public init(from reader: inout JSONReader) throws(JSONError) {
        user = try reader.string("user")
    }

    /// Its one field.
    public func write(to writer: inout JSONWriter) {
        writer.field("user", user)
    }

    /// It has no texts.
    public var redacted: Self { self }
}
