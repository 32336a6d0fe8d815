import Events

/// By what an app logs in to the mail server, as that may know it: by a hash, from which nobody learns a random password.
public struct MailCredential: Sendable, Equatable {
    /// Bytes of salt behind the hash.
    public static let saltBytes = 16

    /// The app's id.
    public let user: String
    /// The SHA-256 of the password and the salt, and then the salt.
    let saltedHash: [UInt8]

    /// Nothing is checked.
    public init(user: String, saltedHash: [UInt8]) {
        (self.user, self.saltedHash) = (user, saltedHash)
    }

    /// As Dovecot, and directories by LDAP, write it.
    var hash: String { "{SSHA256}" + Base64.encoded(saltedHash) }
}

/// What `mail credentials` answers in JSON.
public func view(of credentials: [MailCredential], for viewer: Viewer) -> View {
    View(rows: credentials, credentialFields, for: viewer)
}

/// The same as Dovecot's passwd-file: a line an app. A line is for who may see all of it.
public func rendition(of credentials: [MailCredential], for viewer: Viewer) -> Rendition {
    let onlooker = Onlooker(viewer)
    let shown = credentials.filter { credentialFields.shows("hash", to: onlooker.before($0)) }
    return Rendition(shown.map { "\($0.user):\($0.hash)::::::\n" }.joined())
}

extension MailCredential: Viewable {
    var about: Subject { .apps([user]) }
}

let credentialFields: [Field<MailCredential>] = [
    .administrators("user") { credential, _ in .string(credential.user) },
    .administrators("hash") { credential, _ in .string(credential.hash) },
]
