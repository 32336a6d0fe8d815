/// The full name of a host in the Domain Name System, in its one canonical form: small ASCII letters, digits and hyphens
/// (RFC 952, RFC 1123 section 2.1), Unicode labels as A-labels (RFC 5890), no dot at the end, two labels or more.
///
/// Names are compared as a whole: `mail.example.com` is no part of `webmail.example.com`. No address is a name: the last
/// label has a letter (RFC 1123 section 2.1, RFC 3696 section 2).
public struct HostName: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// As given: there is one way only to write a name.
    public let text: String

    /// RFC 1035 section 2.3.4: 255 octets on the wire, of which a length octet in front and the empty root take two.
    public static let maximumBytes = 253
    /// RFC 1035 section 2.3.4.
    public static let maximumLabelBytes = 63

    /// Nil when `text` is not the canonical form of a full name; ``problem(in:)`` says why.
    public init?(canonical text: String) {
        guard Self.problem(in: text) == nil else { return nil }
        self.text = text
    }

    /// What is wrong with `text` as a canonical name, as a sentence without its full stop; nil when nothing is. It repeats
    /// only labels whose characters are allowed ones, so that it can be shown on any terminal.
    public static func problem(in text: String) -> String? {
        if text.isEmpty { return "a name is needed, such as mail.example.com" }
        guard text.utf8.count <= maximumBytes else {
            return "the name has \(text.utf8.count) octets, and \(maximumBytes) are allowed"
        }
        if let character = text.unicodeScalars.first(where: { !isAllowed($0) }) { return refusal(of: character) }
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        if labels.contains("") { return "the name has an empty label: a dot at an end, or two together" }
        if let problem = labels.lazy.compactMap(problem(inLabel:)).first { return problem }
        guard labels.count > 1, let last = labels.last else {
            return "'\(text)' is a single label; give the full name, such as \(text).example.com"
        }
        guard !last.utf8.allSatisfy(isDigit) else {
            return "'\(text)' ends in a number, as an address does; give a name"
        }
        return nil
    }

    /// The name itself.
    public var description: String { text }

    /// By text.
    public static func < (left: HostName, right: HostName) -> Bool { left.text < right.text }

    private static func problem(inLabel label: Substring) -> String? {
        guard label.utf8.count <= maximumLabelBytes else {
            return "the label '\(label)' has \(label.utf8.count) octets, and \(maximumLabelBytes) are allowed"
        }
        guard label.utf8.first != UInt8(ascii: "-"), label.utf8.last != UInt8(ascii: "-") else {
            return "the label '\(label)' begins or ends with a hyphen"
        }
        return nil
    }

    private static func refusal(of character: Unicode.Scalar) -> String {
        switch character {
        case "A"..."Z": "'\(character)' is a capital letter; the canonical form has small ones"
        case "!"..."~": "the character '\(character)' is not allowed: letters, digits, hyphens and dots are"
        default: "the character U+\(hexadecimal(character)) is not allowed: letters, digits, hyphens and dots are"
        }
    }

    /// As the Unicode standard writes a code point: four digits or more.
    private static func hexadecimal(_ character: Unicode.Scalar) -> String {
        let digits = String(character.value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    private static func isAllowed(_ character: Unicode.Scalar) -> Bool {
        switch character {
        case "a"..."z", "0"..."9", "-", ".": true
        default: false
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
