public import MySQL

/// An account of the database that can append to the log and read it: it can neither change nor remove an event, read what
/// is kept sealed, nor touch the schema. It can move the head and the stored projections, as every append does; what does not
/// agree with the events then is found by `log verify` and `projection check`.
public struct AppenderAccount: Sendable {
    /// Its name, letters, digits and `-`; at most 32 characters (MySQL's bound).
    public let name: String
    /// Its password, letters, digits and `-`.
    public let password: String

    /// An account that is there or will be.
    public init(name: String, password: String) {
        self.name = name
        self.password = password
    }

    /// What an append and its readers do with each table, and no more; nothing with the apps' passwords and the measurements. A table that is added
    /// needs its line here.
    static let rights = [
        ("event", "SELECT, INSERT"), ("log_head", "SELECT, UPDATE"), ("projection", "SELECT, INSERT, UPDATE"),
        ("snapshot", "SELECT, INSERT"), ("follower", "SELECT, INSERT, UPDATE, DELETE"), ("barrier", "SELECT, UPDATE"),
        ("secret", "SELECT (owner, name), INSERT, DELETE"), ("log_identity", "SELECT"), ("schema_version", "SELECT"),
    ]

    /// Makes the account, or gives the one of that name this password and these rights. Throws `.accessDenied` for a login that
    /// may not make accounts.
    func make(on connection: borrowing Connection, _ endpoint: Endpoint) throws(MySQLError) {
        let account = "'\(name)'@'\(Self.origin(endpoint))'"
        let doing = "making the account \(account)"
        try connection.run("CREATE USER IF NOT EXISTS \(account) IDENTIFIED BY '\(password)'", doing: doing)
        try connection.run("ALTER USER \(account) IDENTIFIED BY '\(password)'", doing: doing)
        let database = endpoint.database.split(separator: "`", omittingEmptySubsequences: false).joined(separator: "``")
        for (table, rights) in Self.rights {
            try connection.run("GRANT \(rights) ON `\(database)`.\(table) TO \(account)")
        }
    }

    /// Who comes by the socket is local for the server; where others come from it is not for us to know.
    private static func origin(_ endpoint: Endpoint) -> String {
        if case .socket = endpoint.transport { "localhost" } else { "%" }
    }

    /// How it logs in where another account does by `endpoint`.
    public func endpoint(like endpoint: Endpoint) -> Endpoint {
        var own = endpoint
        own.user = name
        own.password = .inline(password)
        return own
    }
}

extension MySQLLog {
    /// Makes an account for appenders, as the log's own login; safe to repeat. Throws `.notPermitted` where that one may not
    /// make accounts or give these rights.
    public func make(_ account: AppenderAccount) throws {
        let endpoint = endpoint
        try reading { try account.make(on: $0, endpoint) }
    }
}
