/// What became of a message that was sent once: what the sender is to do next.
public enum SendOutcome: Sendable, Equatable {
    /// The other side has taken it.
    case delivered
    /// It may be taken another time. `after`: not before that, as the other side asks, at most `maximumDelay`.
    case transient(SendProblem, after: Duration? = nil)
    /// The same message will not be taken at another time either.
    case permanent(SendProblem)

    /// The longest that somebody else may make us wait.
    public static let maximumDelay = Duration.seconds(60 * 60)
}

/// Why a message was not taken.
public struct SendProblem: Error, Sendable, Equatable, CustomStringConvertible {
    /// What went wrong.
    public enum Kind: Sendable, Hashable, CaseIterable {
        /// There is no libcurl.
        case noLibrary
        /// The name has no address, or nobody listens there.
        case unreachable
        /// No answer in time.
        case timedOut
        /// A mail server does not offer STARTTLS: nothing is sent in the clear.
        case withoutTLS
        /// The two sides did not agree on how to encrypt.
        case handshake
        /// The certificate is of nobody who is trusted, or not for that name.
        case untrusted
        /// A mail server does not let us in, by user and password or at all.
        case access
        /// This message was refused; `code` says how.
        case refused
        /// The answer is to go elsewhere, which is not done.
        case redirected
        /// The connection ended before it was said what became of the message. It may have been taken.
        case cut
        /// Anything else.
        case failed
    }

    /// What went wrong.
    public let kind: Kind
    /// The reply of a mail server (RFC 5321 §4.2) or the status of an HTTP server; nil where there was none.
    public let code: Int?
    /// A sentence without its full stop for a person who may read the configuration: names the server, never a path, a user
    /// or a secret. Printable ASCII but for the names of files, bounded.
    public let description: String
    /// True when every other message to this server would have met with the same now: it was not this message's fault.
    public let isOfServer: Bool

    /// The most octets of words that are others'.
    public static let maximumWordBytes = 200

    init(_ kind: Kind, code: Int? = nil, isOfServer: Bool = false, _ description: String) {
        (self.kind, self.code, self.isOfServer, self.description) = (kind, code, isOfServer, description)
    }

    /// What others said, fit for any terminal: what is no printable ASCII becomes `?`, and there is not too much of it.
    static func printable(_ bytes: some Collection<UInt8>) -> String {
        let kept = bytes.prefix(maximumWordBytes).map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }
        return String(decoding: kept, as: UTF8.self) + (bytes.count > maximumWordBytes ? "..." : "")
    }
}
