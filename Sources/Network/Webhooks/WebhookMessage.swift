internal import Digest
internal import Events

/// What a webhook is told.
public struct WebhookMessage: Sendable, Equatable {
    /// The most octets of a body.
    public static let maximumBodyBytes = 64 * 1024
    /// The longest id.
    public static let maximumIDBytes = 100

    /// The same each time it is sent: receivers know by it what they have got already.
    public let id: String
    /// JSON.
    public let body: [UInt8]

    /// Throws where the id has other than ASCII letters, digits, `-` and `_`, or one of them is too long.
    public init(id: String, body: [UInt8]) throws(WebhookError) {
        guard (1...Self.maximumIDBytes).contains(id.utf8.count), id.utf8.allSatisfy(Self.isIDText) else { throw .notID }
        guard body.count <= Self.maximumBodyBytes else { throw .tooLong }
        (self.id, self.body) = (id, body)
    }

    /// What is posted with it, with the signature of id, time and body.
    func headers(_ secret: WebhookSecret, at moment: Timestamp) -> [String] {
        let seconds = moment.microseconds / 1_000_000
        return [
            "Content-Type: application/json",
            "User-Agent: interlock",
            "webhook-id: \(id)",
            "webhook-timestamp: \(seconds)",
            "webhook-signature: \(secret.signature(of: Array("\(id).\(seconds).".utf8) + body))",
            // Without asking first whether it may come.
            "Expect:",
        ]
    }

    // No dot: that is what stands between the parts of what is signed.
    private static func isIDText(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }
}

/// What a receiver of webhooks and we know, and nobody else.
public struct WebhookSecret: Sendable, Equatable {
    /// How many octets a key may have.
    public static let keyBytes = 24...64

    private let key: Secret

    /// `whsec_` and the key in base64, as the receiver shows it; spaces and line breaks at the end do not count. Throws what is
    /// wrong, without repeating any of it.
    public init(_ text: String) throws(WebhookError) {
        let written = text.reversed().drop { $0.isWhitespace }.reversed()
        let prefix = "whsec_"
        guard String(written).hasPrefix(prefix), let key = Base64.decoded(String(written).dropFirst(prefix.count)),
            Self.keyBytes.contains(key.count)
        else { throw .notSecret }
        self.key = Secret(key)
    }

    func signature(of bytes: [UInt8]) -> String {
        "v1," + Base64.encoded(SHA256.authenticationCode(of: bytes, key: key.bytes).bytes)
    }
}

/// Why something is no message for a webhook, or no secret of one.
public enum WebhookError: Error, Sendable, Equatable, CustomStringConvertible {
    /// An id with other characters, or too long.
    case notID
    /// A body that is too long.
    case tooLong
    /// No secret.
    case notSecret

    /// The failure as a sentence without its full stop.
    public var description: String {
        switch self {
        case .notID:
            "the id of a message must have 1 to \(WebhookMessage.maximumIDBytes) letters, digits, '-' and '_' of ASCII"
        case .tooLong: "the message has more than \(WebhookMessage.maximumBodyBytes) octets"
        case .notSecret:
            "a webhook's secret must be whsec_ with \(WebhookSecret.keyBytes.lowerBound) to "
                + "\(WebhookSecret.keyBytes.upperBound) octets in base64 behind it"
        }
    }
}
