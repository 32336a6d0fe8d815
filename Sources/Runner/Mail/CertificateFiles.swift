public import Certificates
public import Events
internal import System

/// The mail server's certificate as it stands in its files.
public struct CertificateFiles: Sendable {
    /// The most bytes of each file.
    static let maximumBytes = 1 << 20

    private let settings: MailSettings

    /// Those that are configured.
    public init(_ settings: MailSettings) {
        self.settings = settings
    }

    /// What is in them, and what keeps an app from trusting a server by it under `name`, as a sentence without its full stop. The
    /// first is nil where the files cannot be used at all.
    public func identity(for name: String?, at time: Timestamp) -> (ServerIdentity?, problem: String?) {
        guard let certificate = settings.certificate, let key = settings.key else {
            return (nil, "no certificate is configured for the mail server: mail.certificate and mail.key")
        }
        let identity: ServerIdentity
        do {
            identity = try ServerIdentity(
                chain: try readFile(certificate, limit: Self.maximumBytes),
                key: try readFile(key, limit: Self.maximumBytes))
        } catch {
            return (nil, "\(error)")
        }
        let problem = name.flatMap { HostName(canonical: $0) }.flatMap { identity.problem(for: $0, at: time) }
        return (identity, problem?.description)
    }

    /// For whom they are and until when, whatever the mail server is called; nil, and a problem, where they are of no use.
    public func summary(at time: Timestamp) -> (String?, problem: String?) {
        let (identity, problem) = identity(for: nil, at: time)
        if let problem = problem ?? identity?.problem(at: time)?.description { return (nil, problem) }
        guard let certificate = identity?.certificate else { return (nil, nil) }
        return ("for \(certificate.names.joined(separator: " ")), until \(certificate.notAfter)", nil)
    }

    /// The certificate alone, whatever the key is; nil where it cannot be read: `summary` says why.
    var certificate: Certificate? {
        guard let file = settings.certificate, let bytes = try? readFile(file, limit: Self.maximumBytes) else {
            return nil
        }
        return try? Certificate(pem: bytes)
    }

    /// True where this process may not read the key: then only the service can tell.
    public var isUnreadable: Bool {
        guard let key = settings.key else { return false }
        do throws(SystemError) {
            _ = try readFile(key, limit: Self.maximumBytes)
            return false
        } catch {
            return error.code == .permission
        }
    }
}
