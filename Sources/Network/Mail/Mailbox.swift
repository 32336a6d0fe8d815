internal import Events

/// A sender or a recipient: an address, and a name to show with it (RFC 5322 §3.4).
public struct Mailbox: Sendable, Equatable {
    /// `local@domain`, as `MailAddress` allows it.
    public let address: String
    /// May be empty.
    public let name: String

    /// The longest name.
    public static let maximumNameBytes = 200

    /// Throws what is wrong with the address or the name.
    public init(_ address: String, name: String = "") throws(MailMessageError) {
        guard MailAddress.isValid(address) else { throw .notAddress }
        try MailMessage.check(name, .name, maximumBytes: Self.maximumNameBytes)
        (self.address, self.name) = (address, name)
    }

    /// Behind `From: ` or `To: `. Letters, digits and spaces are a name as they are; everything else is encoded, so that
    /// neither quotes, nor commas, nor angle brackets can end it.
    var header: String {
        guard !name.isEmpty else { return address }
        let phrase = MailText.headerValue(name) { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: " "): true
            default: false
            }
        }
        return "\(phrase)\r\n <\(address)>"
    }
}
