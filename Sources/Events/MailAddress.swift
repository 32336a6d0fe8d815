/// Whether a text is an address that mail can be sent from or to: `local@domain`, both as RFC 5321 §4.1.2 has them without
/// quotes, in ASCII, with the domain as a name.
public enum MailAddress {
    /// RFC 5321 §4.5.3.1.1.
    public static let maximumLocalBytes = 64
    /// RFC 5321 §4.5.3.1.3, without the angle brackets of the path.
    public static let maximumBytes = 254

    /// True for one that needs no quoting in a header, nor in a file of variables as docker's `--env-file` and systemd's
    /// `EnvironmentFile` read it. A shell would: `$` and a back quote may be in it.
    public static func isValid(_ text: String) -> Bool {
        guard text.utf8.count <= maximumBytes, let at = text.utf8.lastIndex(of: UInt8(ascii: "@")) else { return false }
        let (local, domain) = (text.utf8[..<at], text.utf8[text.utf8.index(after: at)...])
        return local.count <= maximumLocalBytes && isDotString(local, isAtomText) && isDotString(domain, isLabelText)
    }

    /// The part behind the `@`; empty where there is none.
    public static func domain(of text: String) -> String {
        text.utf8.lastIndex(of: UInt8(ascii: "@")).map { String(text[text.utf8.index(after: $0)...]) } ?? ""
    }

    private static func isDotString(_ text: Substring.UTF8View, _ isAllowed: (UInt8) -> Bool) -> Bool {
        text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy {
            !$0.isEmpty && $0.allSatisfy(isAllowed)
        }
    }

    private static func isLabelText(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || byte == UInt8(ascii: "-")
    }

    /// RFC 5322 §3.2.3.
    private static func isAtomText(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}
