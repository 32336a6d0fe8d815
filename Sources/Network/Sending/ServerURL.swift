internal import Events
internal import System

/// An address of a server as a person writes it into a configuration: `scheme://host[:port][/path]`.
///
/// Without a user in it, as this would be printed with it, and without a fragment. The host is a full name, `localhost` or an
/// address.
struct ServerURL: Sendable, Equatable {
    /// The longest one.
    static let maximumBytes = 2_000

    let scheme: String
    /// A name in its A-label form, or an address; one of IPv6 in its brackets.
    let host: String
    let port: UInt16
    /// With its question mark and what follows; empty, or begins with one of `/` and `?`.
    let path: String
    /// True when no other host is reached by it, whatever a resolver says.
    let isLoopback: Bool

    /// - Parameter ports: which schemes are meant, and at which port each is where none is given.
    init(_ text: String, ports: KeyValuePairs<String, UInt16>) throws(ServerURLError) {
        let schemes = ports.map { "\($0.key)://" }.joined(separator: " or ")
        guard text.utf8.count <= Self.maximumBytes else {
            throw ServerURLError("it has more than \(Self.maximumBytes) octets")
        }
        guard let (scheme, usual) = ports.first(where: { text.hasPrefix($0.key + "://") }) else {
            throw ServerURLError("it must begin with \(schemes)")
        }
        let rest = text.dropFirst(scheme.count + 3)
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let path = rest[authority.endIndex...]
        guard !authority.contains("@") else {
            throw ServerURLError("it must have no user in it; give that by its own key")
        }
        guard !path.contains("#"), path.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") })
        else {
            throw ServerURLError("its path must have printable ASCII only, without spaces, '\\' and '#'")
        }
        let colon = authority.lastIndex(of: ":").flatMap { authority[$0...].contains("]") ? nil : $0 }
        guard let port = colon.map({ Self.port(authority[authority.index(after: $0)...]) }) ?? usual else {
            throw ServerURLError("its port is no number from 1 to 65535")
        }
        self.scheme = scheme
        self.port = port
        self.path = String(path)
        (host, isLoopback) = try Self.host(String(authority[..<(colon ?? authority.endIndex)]))
    }

    /// For libcurl.
    var text: String { "\(scheme)://\(host):\(port)\(path)" }
    /// For a person: what stands behind may be a secret.
    var server: String { "\(host):\(port)" }

    private static func port(_ text: Substring) -> UInt16? {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(text), port > 0 else {
            return nil
        }
        return port
    }

    private static func host(_ text: String) throws(ServerURLError) -> (String, isLoopback: Bool) {
        if text == "localhost" { return (text, true) }
        let isBracketed = text.hasPrefix("[") && text.hasSuffix("]")
        if isBracketed || !text.contains(":") {
            let address = isBracketed ? String(text.dropFirst().dropLast()) : text
            if let found = ListenAddress(address: address), isBracketed == address.contains(":") {
                return (text, found.isLoopback)
            }
        }
        do throws(ServerNameError) {
            return (try ServerName.canonical(text).text, false)
        } catch {
            throw ServerURLError("its host: \(error)")
        }
    }
}

/// Why a text is no address of a server, as a sentence without its full stop. It repeats nothing that could be a secret.
public struct ServerURLError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The sentence.
    public let description: String

    init(_ description: String) { self.description = description }
}
