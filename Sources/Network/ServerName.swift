internal import CNetwork
public import Events
internal import Glibc

/// The names of servers as people write them.
public enum ServerName {
    /// What is longer, in whatever letters, is no name: no character makes less than an octet of an A-label.
    static let maximumBytes = 4 * HostName.maximumBytes

    /// The canonical form of a name that a person wrote: Unicode labels become A-labels (IDNA2008 with the mapping of UTS 46,
    /// nontransitional, by libidn2), capital letters small ones, and a dot at the end goes. Throws what is wrong with it.
    ///
    /// Blocks for some milliseconds when a name that is not ASCII comes for the first time: libidn2 is loaded then.
    public static func canonical(_ text: String) throws(ServerNameError) -> HostName {
        guard text.utf8.count <= maximumBytes else {
            throw ServerNameError("the name has \(text.utf8.count) octets, and \(HostName.maximumBytes) are allowed")
        }
        var ascii = try ascii(of: text)
        if ascii.hasSuffix("."), ascii.utf8.count > 1 { ascii.removeLast() }
        guard let name = HostName(canonical: ascii) else {
            throw ServerNameError(HostName.problem(in: ascii) ?? "it is no name")
        }
        return name
    }

    /// The A-label form of a name by IDNA2008 and UTS 46, in small letters; a name that is ASCII already, unless it has
    /// A-labels to check, in small letters as it is.
    public static func ascii(of text: String) throws(ServerNameError) -> String {
        let small = text.utf8.allSatisfy { $0 < 0x80 } ? text.lowercased() : text
        if small.utf8.allSatisfy({ $0 < 0x80 }) && !hasALabel(small) { return small }
        // A C string ends at its first NUL.
        guard !small.utf8.contains(0) else {
            throw ServerNameError("the character U+0000 is not allowed: letters, digits, hyphens and dots are")
        }
        var reason: UnsafePointer<CChar>?
        guard let found = cn_ascii_name(small, &reason) else {
            guard let reason else { throw ServerNameError(missing) }
            throw ServerNameError("it has no A-label form: \(String(cString: reason))")
        }
        defer { free(found) }
        return String(cString: found)
    }

    private static func hasALabel(_ text: String) -> Bool {
        text.split(separator: ".").contains { $0.hasPrefix("xn--") }
    }

    private static let missing = """
        names in other than ASCII letters need libidn2, which is not installed (Debian: libidn2-0); or give the name in its \
        A-label form (xn--…)
        """
}

/// Why a text is no name of a server, as a sentence without its full stop.
public struct ServerNameError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The sentence.
    public let description: String

    init(_ description: String) { self.description = description }
}
