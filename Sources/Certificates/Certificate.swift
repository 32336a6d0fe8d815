internal import CCrypto
public import Digest
public import Events

/// A certificate of a TLS server: which one it is, when it is valid, and for which names.
public struct Certificate: Sendable, Hashable {
    /// The most bytes of a file with certificates, or with a key: chains have some kilobytes.
    public static let maximumBytes = 1 << 20

    /// SHA-256 of the certificate's DER: the same for two copies of one certificate, whatever their files look like.
    public let fingerprint: SHA256.Digest
    /// From when on it is valid.
    public let notBefore: Timestamp
    /// The last moment at which it is valid.
    public let notAfter: Timestamp
    /// The DNS names of its subjectAltName (RFC 5280 section 4.2.1.6), in its order and spelling. The subject's common
    /// name is none of them.
    public let names: [String]

    private let der: [UInt8]

    /// The first certificate of a PEM file: the server's own, which TLS sends before those that vouch for it.
    public init(pem: [UInt8]) throws(CertificateError) {
        guard pem.count <= Self.maximumBytes else { throw .tooLarge }
        try self.init(try PEM.firstCertificate(of: pem))
    }

    private init(_ x509: borrowing X509Handle) throws(CertificateError) {
        der = try x509.der()
        fingerprint = SHA256.hash(der)
        guard let begin = x509.notBefore, let end = x509.notAfter else {
            throw .unreadable("its dates are no dates")
        }
        notBefore = begin
        notAfter = end
        names = x509.names
    }

    /// True when it is for this name by RFC 9525 section 6: one of its DNS names is this one, in whatever case, or has `*`
    /// as its whole first label and is this one in all others. The common name does not count.
    public func covers(_ name: HostName) -> Bool {
        guard let x509 = X509Handle(der: der) else { return false }
        return x509.covers(name.text)
    }
}

/// Why a file gives no certificate or no key.
public enum CertificateError: Error, Sendable, Equatable, CustomStringConvertible {
    /// It has more than `Certificate.maximumBytes`.
    case tooLarge
    /// No `-----BEGIN` is in it.
    case notPEM
    /// It is PEM, and holds no certificate.
    case noCertificate
    /// It holds something that should be a certificate; with libcrypto's reason.
    case unreadable(String)
    /// It is PEM, and holds no private key.
    case noKey
    /// Its private key needs a passphrase, which nobody is there to give.
    case encryptedKey
    /// It holds something that should be a private key; with libcrypto's reason.
    case unreadableKey(String)

    /// The reason, to stand behind the file's name and a colon.
    public var description: String {
        switch self {
        case .tooLarge: "it is larger than \(Certificate.maximumBytes) bytes"
        case .notPEM: "it is not PEM: it has no line '-----BEGIN …-----'"
        case .noCertificate: "there is no certificate in it"
        case .unreadable(let reason): "the first certificate in it cannot be read: \(reason)"
        case .noKey: "there is no private key in it"
        case .encryptedKey:
            "its private key is encrypted, and nobody is there to give a passphrase: keep it without one, mode 0600"
        case .unreadableKey(let reason): "the private key in it cannot be read: \(reason)"
        }
    }
}
