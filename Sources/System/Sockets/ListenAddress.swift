internal import CSystem

/// Where a server listens: a numeric address and a port.
public struct ListenAddress: Sendable, Equatable, CustomStringConvertible {
    /// IPv4 or IPv6, without brackets.
    public let host: String
    /// 0 for any free one.
    public let port: UInt16

    /// `127.0.0.1:9121`, `[::1]:9121` or `localhost:9121`; a port alone, or behind a colon, is meant for this host only
    /// (127.0.0.1). Nil for anything else: names are not looked up.
    public init?(written text: String) {
        let colon = text.lastIndex(of: ":")
        guard let port = UInt16(colon.map { text[text.index(after: $0)...] } ?? text[...]) else { return nil }
        var host = colon.map { String(text[..<$0]) } ?? ""
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        if isBracketed { host = String(host.dropFirst().dropLast()) }
        guard isBracketed == host.contains(":") else { return nil }
        if host.isEmpty || host == "localhost" { host = "127.0.0.1" }
        guard cs_is_address(host) != 0 else { return nil }
        self.host = host
        self.port = port
    }

    /// A port at a numeric address without brackets; nil for what is no address.
    public init?(address: String, port: UInt16 = 0) {
        guard cs_is_address(address) != 0 else { return nil }
        self.init(host: address, port: port)
    }

    init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// True when only this host can reach it.
    public var isLoopback: Bool { host.hasPrefix("127.") || host == "::1" }

    /// As it is written.
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
