internal import CNetwork
public import Certificates
public import Events
internal import Glibc
public import System

/// The certificate that a mail server really shows, seen as one of its clients sees it.
public enum ServedCertificate {
    /// When the connection turns to TLS.
    public enum Security: Sendable, Hashable {
        /// By the command STARTTLS (RFC 3207).
        case startTLS
        /// From the first octet (RFC 8314).
        case implicit
    }

    /// The longest time that a probe may take.
    public static let maximumTime = Duration.seconds(60)

    /// Connects to an address as an SMTP client does that was configured with `name`: turns to TLS, verifies the chain and the
    /// name, says NOOP and QUIT. The certificate that was served, or why a client would not trust the server.
    ///
    /// By libcurl, which is loaded at the first probe; on a thread of its own. A cancelled task waits until `time` is over.
    ///
    /// - Parameters:
    ///   - address: where the name is taken to be; nobody is asked for it.
    ///   - trust: a PEM file of the authorities that clients trust; nil for the system's.
    ///   - time: for everything together, at most `maximumTime`.
    public static func probe(
        _ name: HostName, at address: ListenAddress, _ security: Security, trust: String?, within time: Duration
    ) async throws(ProbeFailure) -> Certificate {
        let scheme = security == .startTLS ? "smtp" : "smtps"
        let host = address.host.contains(":") ? "[\(address.host)]" : address.host
        let milliseconds = max(1, min(time, maximumTime) / .milliseconds(1))
        let served: Served
        do throws(SystemError) {
            served = try await BlockingCall.run {
                Served(
                    url: "\(scheme)://\(name):\(address.port)", resolve: "\(name):\(address.port):\(host)",
                    trust: trust,
                    milliseconds: Int(milliseconds))
            }
        } catch {
            throw .failed(error.message)
        }
        return try served.certificate(of: name, at: address)
    }
}

/// Why no trustworthy certificate was served.
public enum ProbeFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// There is no libcurl to connect with.
    case noLibrary
    /// Nobody listens at the address, or not in time.
    case cannotConnect(ListenAddress, String)
    /// The server does not offer STARTTLS.
    case noTLS(ListenAddress)
    /// The chain of certificates ends in none that is trusted, or one of it is not valid now.
    case notTrusted(String)
    /// The server's certificate is for other names.
    case notCovered(HostName)
    /// Anything else, such as a server that does not speak SMTP.
    case failed(String)

    /// The failure as a sentence without its full stop.
    public var description: String {
        switch self {
        case .noLibrary: "libcurl is not installed, by which the served certificate is looked at (Debian: libcurl4)"
        case .cannotConnect(let address, let reason): "cannot connect to \(address): \(reason)"
        case .noTLS(let address): "the server at \(address) does not offer STARTTLS"
        case .notTrusted(let reason): "the certificate that is served is not trusted: \(reason)"
        case .notCovered(let name): "the certificate that is served does not cover \(name)"
        case .failed(let reason): "the served certificate could not be looked at: \(reason)"
        }
    }
}

/// What libcurl found, as a value.
private struct Served: Sendable {
    let outcome: cn_outcome
    let reason: String
    let pem: [UInt8]?

    /// Blocks until it has found it.
    init(url: String, resolve: String, trust: String?, milliseconds: Int) {
        var served = cn_served()
        url.withCString { url in
            resolve.withCString { resolve in
                Self.withOptionalCString(trust) { trust in
                    var probe = cn_probe(url: url, resolve: resolve, trust: trust, milliseconds: milliseconds)
                    cn_probe_certificate(&probe, &served)
                }
            }
        }
        outcome = served.outcome
        reason = withUnsafeBytes(of: served.reason) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        pem = served.certificate.map {
            Array(UnsafeBufferPointer(start: $0, count: strlen($0)).map(UInt8.init(bitPattern:)))
        }
        free(served.certificate)
    }

    private static func withOptionalCString(_ text: String?, _ body: (UnsafePointer<CChar>?) -> Void) {
        if let text { text.withCString(body) } else { body(nil) }
    }

    func certificate(of name: HostName, at address: ListenAddress) throws(ProbeFailure) -> Certificate {
        switch outcome {
        case CN_SERVED: break
        case CN_NO_LIBRARY: throw .noLibrary
        case CN_NO_CONNECTION: throw .cannotConnect(address, reason)
        case CN_NO_TLS: throw .noTLS(address)
        case CN_UNTRUSTED: throw .notTrusted(reason)
        case CN_NOT_COVERED: throw .notCovered(name)
        default: throw .failed(reason)
        }
        guard let pem else { throw .failed("libcurl does not tell the certificate: it needs the flavour with OpenSSL") }
        let certificate: Certificate
        do throws(CertificateError) {
            certificate = try Certificate(pem: pem)
        } catch {
            throw .failed("the certificate that is served: \(error)")
        }
        // libcurl lets the common name count where there are no others; most clients do not.
        guard certificate.covers(name) else { throw .notCovered(name) }
        return certificate
    }
}
