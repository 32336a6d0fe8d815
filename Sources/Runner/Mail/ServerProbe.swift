internal import Certificates
internal import Events
internal import Network
internal import System

/// Whether apps can trust the mail server: at both of its ports, of which one may be silent or without TLS.
struct ServerProbe {
    private let settings: MailSettings

    init(_ settings: MailSettings) {
        self.settings = settings
    }

    /// What keeps an app from sending mail by this name, as a sentence without its full stop; nil when nothing does. Trust is only
    /// what is served: the certificate that is expected, not another one that is valid too.
    func problem(of name: HostName, expecting certificate: Certificate) async -> String? {
        let ports: [(UInt16, ServedCertificate.Security)] = [
            (settings.smtpsPort, .implicit), (settings.smtpPort, .startTLS),
        ]
        var (isServed, absent): (Bool, String?) = (false, nil)
        for (port, security) in ports {
            guard let address = ListenAddress(address: settings.internalAddress, port: port) else { continue }
            do throws(ProbeFailure) {
                let served = try await ServedCertificate.probe(
                    name, at: address, security, trust: settings.authorities, within: MailServerSteps.maximumProbe)
                guard served.fingerprint == certificate.fingerprint else {
                    return "as \(name) port \(port) serves another certificate than the file's, one of "
                        + served.names.prefix(3).joined(separator: ", ")
                }
                isServed = true
            } catch {
                switch error {
                case .cannotConnect, .noTLS: absent = "\(error)"
                default: return "as \(name), port \(port): \(error)"
                }
            }
        }
        return isServed ? nil : absent
    }
}
