public import Events

/// What a TLS server shows and proves itself by: a chain of certificates, its own first, and the private key to it.
public struct ServerIdentity: Sendable, Hashable {
    /// The server's own certificate.
    public let certificate: Certificate
    /// Whether the key is the one of the certificate: a renewal that was interrupted may leave the new one and the old.
    public let keyMatches: Bool

    /// From the contents of two PEM files. Throws what is wrong with the chain or with the key; that the two do not belong
    /// together is no error here but a ``CertificateProblem``.
    public init(chain: [UInt8], key: [UInt8]) throws(Failure) {
        do throws(CertificateError) {
            certificate = try Certificate(pem: chain)
        } catch {
            throw .certificate(error)
        }
        do throws(CertificateError) {
            keyMatches = try PEM.firstCertificate(of: chain).matches(try PEM.privateKey(of: key))
        } catch {
            throw .key(error)
        }
    }

    /// Which of the two files cannot be used, and why.
    public enum Failure: Error, Sendable, Equatable, CustomStringConvertible {
        /// The file with the chain.
        case certificate(CertificateError)
        /// The file with the key.
        case key(CertificateError)

        /// The reason, with the kind of file.
        public var description: String {
            switch self {
            case .certificate(let error): "the certificate cannot be used: \(error)"
            case .key(let error): "the private key cannot be used: \(error)"
            }
        }
    }

    /// What keeps a client from trusting a server with this identity under this name at this time, as far as that can be
    /// told without the client's list of authorities; the first of: the key, the dates, the name. Nil when nothing does.
    public func problem(for name: HostName, at time: Timestamp) -> CertificateProblem? {
        if let problem = problem(at: time) { return problem }
        return certificate.covers(name) ? nil : .doesNotCover(name, names: certificate.names)
    }

    /// What keeps a client from trusting a server with this identity at this time, whatever its name; the first of: the key, the
    /// dates. Nil when nothing does.
    public func problem(at time: Timestamp) -> CertificateProblem? {
        if !keyMatches { return .keyMismatch }
        if time < certificate.notBefore { return .notYetValid(from: certificate.notBefore) }
        return time > certificate.notAfter ? .expired(at: certificate.notAfter) : nil
    }
}

/// Why a certificate is of no use under a name.
public enum CertificateProblem: Error, Sendable, Equatable, CustomStringConvertible {
    /// The most names that a message repeats.
    static let maximumNamesShown = 10

    /// The private key is another certificate's.
    case keyMismatch
    /// It begins later.
    case notYetValid(from: Timestamp)
    /// It has ended.
    case expired(at: Timestamp)
    /// None of its names is this one.
    case doesNotCover(HostName, names: [String])

    /// The problem as a sentence without its full stop.
    public var description: String {
        switch self {
        case .keyMismatch: "the private key is not the certificate's"
        case .notYetValid(let time): "the certificate is not valid before \(time)"
        case .expired(let time): "the certificate expired at \(time)"
        case .doesNotCover(let name, let names):
            "the certificate does not cover \(name): it covers \(Self.list(names))"
        }
    }

    private static func list(_ names: [String]) -> String {
        if names.isEmpty { return "no DNS name" }
        let shown = names.prefix(maximumNamesShown).joined(separator: ", ")
        let more = names.count - maximumNamesShown
        return more > 0 ? "\(shown) and \(more) more" : shown
    }
}
