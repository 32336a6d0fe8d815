public import System

/// A mail server that takes our mail, and how it is talked to.
public struct MailServer: Sendable, Equatable {
    /// User and password (RFC 4954).
    public struct Login: Sendable, Equatable {
        let user: String
        let password: Secret

        /// Throws where a text is empty or has a NUL, which neither may have, or is too long.
        public init(user: String, password: Secret) throws(ServerURLError) {
            for bytes in [Array(user.utf8), password.bytes] {
                guard (1...maximumLoginBytes).contains(bytes.count), !bytes.contains(0) else {
                    throw ServerURLError("user and password have 1 to \(maximumLoginBytes) octets each, and no NUL")
                }
            }
            (self.user, self.password) = (user, password)
        }
    }

    /// The longest user, and the longest password.
    public static let maximumLoginBytes = 255

    let url: ServerURL
    let isEncrypted: Bool
    let login: Login?
    let trust: String?
    let address: ListenAddress?

    /// - Parameters:
    ///   - url: `smtp://HOST[:PORT]`, where STARTTLS is demanded (port 25), or `smtps://HOST[:PORT]` (port 465).
    ///   - isEncrypted: false where mail may go in the clear; then without STARTTLS, and with a password to this host only.
    ///   - trust: a PEM file of the authorities that are trusted; nil for the system's.
    ///   - address: where to connect to, wherever the name is; nil: where the name is. The certificate must have the name.
    public init(
        url: String, isEncrypted: Bool = true, login: Login? = nil, trust: String? = nil,
        at address: ListenAddress? = nil
    ) throws(ServerURLError) {
        self.url = try ServerURL(url, ports: ["smtp": 25, "smtps": 465])
        guard self.url.path.isEmpty || self.url.path == "/" else { throw ServerURLError("a mail server has no path") }
        guard isEncrypted || self.url.scheme == "smtp" else {
            throw ServerURLError("smtps:// is encrypted; give smtp:// for a server to be talked to in the clear")
        }
        guard isEncrypted || login == nil || (address?.isLoopback ?? self.url.isLoopback) else {
            throw ServerURLError("a password is not sent in the clear but to this host itself; let TLS be required")
        }
        (self.isEncrypted, self.login, self.trust, self.address) = (isEncrypted, login, trust, address)
    }
}
