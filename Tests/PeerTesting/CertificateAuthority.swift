import Foundation

/// An authority of a test's own, and what it signs; by Debian's openssl.
public struct CertificateAuthority: Sendable {
    /// A server's two files.
    public struct Issued: Sendable {
        public let chain: String
        public let key: String
    }

    private let directory: PeerDirectory
    /// The PEM file that clients trust.
    public var file: String { directory.file("ca.pem") }

    public init() throws {
        directory = try PeerDirectory()
        try Self.openssl([
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30",
            "-subj", "/CN=An authority for tests", "-keyout", directory.file("ca.key"), "-out", file,
        ])
    }

    /// A certificate with these DNS names (`names`) and IP addresses, or with none at all, for a new key.
    ///
    /// - Parameter days: how long it is valid; a negative number for one that has expired.
    public func issue(
        _ names: [String], addresses: [String] = [], commonName: String = "a server", days: Int = 30
    ) throws -> Issued {
        let stem = UUID().uuidString
        let (key, request) = (directory.file("\(stem).key"), directory.file("\(stem).csr"))
        let (chain, extensions) = (directory.file("\(stem).pem"), "\(stem).ext")
        try Self.openssl([
            "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
            "/CN=\(commonName)", "-keyout", key, "-out", request,
        ])
        let list = (names.map { "DNS:\($0)" } + addresses.map { "IP:\($0)" }).joined(separator: ",")
        try directory.write(list.isEmpty ? "" : "subjectAltName=\(list)\n", to: extensions)
        try Self.openssl([
            "x509", "-req", "-in", request, "-CA", file, "-CAkey", directory.file("ca.key"), "-set_serial",
            "0x\(stem.filter(\.isHexDigit).prefix(16))", "-days", "\(days)", "-extfile", directory.file(extensions),
            "-out",
            chain,
        ])
        return Issued(chain: chain, key: key)
    }

    /// Runs openssl and returns what it printed.
    @discardableResult
    public static func openssl(_ arguments: [String]) throws -> String { try PeerCommand.run(["openssl"] + arguments) }
}
