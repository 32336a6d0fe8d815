public import Events

/// A mail to one recipient, with the same content as text and as HTML. A value: what it is made of decides every octet.
public struct MailMessage: Sendable, Equatable {
    /// Both the header's and the envelope's.
    public let from: Mailbox
    /// Both the header's and the envelope's: nobody else gets it.
    public let to: Mailbox
    /// Header and body with CRLF, in ASCII, no line longer than 998 octets (RFC 5322 §2.1.1).
    public let bytes: [UInt8]

    /// The longest subject, in octets of UTF-8.
    public static let maximumSubjectBytes = 500
    /// The longest text, and the longest HTML, in octets of UTF-8.
    public static let maximumBodyBytes = 256 * 1024

    /// RFC 2045 §6.7: no line of quoted-printable can be it.
    private static let boundary = "=_alternative"

    /// - Parameters:
    ///   - id: `left@right` without its angle brackets, the same each time this is sent to this recipient: a mail server may
    ///     take a message whose reply is lost, and then only this tells that it is the same one.
    ///   - date: when it was written; in whole seconds, UTC.
    ///   - subject: one line.
    ///   - text: any number of lines; control characters become U+FFFD.
    /// - Throws: what must not be in a header, and what is too long.
    public init(
        from: Mailbox, to: Mailbox, id: String, date: Timestamp, subject: String, text: String, html: HTML
    ) throws(MailMessageError) {
        guard MailAddress.isValid(id) else { throw .notIdentifier }
        try Self.check(subject, .subject, maximumBytes: Self.maximumSubjectBytes)
        for (part, count) in [(MailPart.text, text.utf8.count), (.html, html.text.utf8.count)]
        where count > Self.maximumBodyBytes {
            throw .tooLong(part, maximumBytes: Self.maximumBodyBytes)
        }
        let header = [
            "Date: \(MailDate.text(of: date))",
            "From: \(from.header)",
            "To: \(to.header)",
            "Message-ID: <\(id)>",
            "Subject: \(MailText.headerValue(subject) { (0x20...0x7E).contains($0) })",
            // RFC 3834: nobody's holiday answers it.
            "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0",
            "Content-Type: multipart/alternative; boundary=\"\(Self.boundary)\"",
        ]
        let parts = [("plain", text), ("html", html.text)].map { kind, content in
            """
            --\(Self.boundary)\r
            Content-Type: text/\(kind); charset=utf-8\r
            Content-Transfer-Encoding: quoted-printable\r
            \r
            \(MailText.quotedPrintable(content))
            """
        }
        // The CRLF before a boundary is the boundary's.
        let message = header.joined(separator: "\r\n") + "\r\n\r\n" + parts.joined(separator: "\r\n")
        (self.from, self.to) = (from, to)
        bytes = Array("\(message)\r\n--\(Self.boundary)--\r\n".utf8)
    }

    static func check(_ text: String, _ part: MailPart, maximumBytes: Int) throws(MailMessageError) {
        guard text.utf8.count <= maximumBytes else { throw .tooLong(part, maximumBytes: maximumBytes) }
        if let refused = text.unicodeScalars.first(where: MailText.isRefusedInHeader) {
            throw .control(part, refused.value)
        }
    }
}

/// What a person may have given too much of, or with something that has no place there.
public enum MailPart: String, Sendable, Hashable {
    /// The name that is shown with an address.
    case name
    /// The subject.
    case subject
    /// The content as text.
    case text
    /// The content as HTML.
    case html
}

/// Why something is no mail.
public enum MailMessageError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A line break, another control character, or one that turns the direction of a text, by its code point.
    case control(MailPart, UInt32)
    /// It is too long.
    case tooLong(MailPart, maximumBytes: Int)
    /// A sender's or recipient's address is none.
    case notAddress
    /// A Message-ID is none.
    case notIdentifier

    /// The failure as a sentence without its full stop.
    public var description: String {
        switch self {
        case .control(let part, let value):
            "the mail's \(part.rawValue) has the character U+\(Self.hexadecimal(value)), which must not be in a header"
        case .tooLong(let part, let limit): "the mail's \(part.rawValue) has more than \(limit) octets"
        case .notAddress: "an address of the mail is none that mail can be sent to: it must be local@domain in ASCII"
        case .notIdentifier: "the mail's Message-ID must be left@right in ASCII"
        }
    }

    private static func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
