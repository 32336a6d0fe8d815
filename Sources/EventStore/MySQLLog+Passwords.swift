internal import Events
internal import MySQL

/// The passwords by which apps log in to the mail server, beside the log because they must not be in it: each is encrypted by who
/// made it, made once, and never changed or removed, also when the app is.
extension MySQLLog {
    /// What is kept for `owner`; nil where nothing is.
    public func password(of owner: String) throws -> [UInt8]? {
        try reading { try Self.password(of: owner, $0) }
    }

    /// All that are kept, by owner; also those of apps that are gone.
    public func passwords() throws -> [String: [UInt8]] {
        try reading { connection in
            var passwords: [String: [UInt8]] = [:]
            try connection.query("SELECT owner, sealed FROM password") {
                passwords[try $0.text(0)] = try $0.bytes(1)
            }
            return passwords
        }
    }

    /// Any one of them; nil where none is kept.
    public func somePassword() throws -> [UInt8]? {
        try reading { connection in
            var sealed: [UInt8]?
            try connection.query("SELECT sealed FROM password LIMIT 1") { sealed = try $0.bytes(0) }
            return sealed
        }
    }

    /// Keeps `sealed` where nothing is kept yet. What is returned is kept, durably: of several who try, one one's.
    public func keepPassword(_ sealed: [UInt8], of owner: String) throws -> [UInt8] {
        try reading { connection in
            _ = try connection.execute(
                "INSERT IGNORE INTO password (owner, sealed) VALUES (?, ?)", [.text(owner), .bytes(sealed)])
            guard let kept = try Self.password(of: owner, connection) else {
                throw StoreError(.inconsistent, "the password of \(owner) was not kept", hint: "look at table password")
            }
            return kept
        }
    }

    private static func password(of owner: String, _ connection: borrowing Connection) throws -> [UInt8]? {
        var sealed: [UInt8]?
        try connection.query("SELECT sealed FROM password WHERE owner = ?", [.text(owner)]) { sealed = try $0.bytes(0) }
        return sealed
    }
}
