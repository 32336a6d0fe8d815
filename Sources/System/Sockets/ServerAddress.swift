/// Where a server of somebody's is reached: a name or a numeric address, and a port.
public struct ServerAddress: Sendable, Equatable, CustomStringConvertible {
    /// Without brackets.
    public let host: String
    /// Not 0.
    public let port: UInt16

    /// The longest name (RFC 1035).
    static let maximumHostBytes = 253

    /// `127.0.0.1:2003`, `[::1]:2003` or `carbon.example.com:2003`. Nil for anything else; the name is looked up with each
    /// connection.
    public init?(written text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]), port > 0 else {
            return nil
        }
        let host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") {
            guard let address = ListenAddress(address: String(host.dropFirst().dropLast())), address.host.contains(":")
            else { return nil }
            (self.host, self.port) = (address.host, port)
            return
        }
        let isName = host.utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        guard isName, (1...Self.maximumHostBytes).contains(host.utf8.count) else { return nil }
        (self.host, self.port) = (host, port)
    }

    /// As it is written.
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
