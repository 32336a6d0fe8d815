public import Events
public import System

/// The mail server of the platform, as the configuration has it: what its name resolves to, by which certificate it is trusted,
/// and which tasks reconfigure it and its apps.
public struct MailSettings: Sendable, Equatable {
    /// What keeps the name: a resolver's own configuration, or a hosts file.
    public struct Resolver: Sendable, Equatable {
        /// Which program reads the file, and so its form.
        public enum Kind: String, Sendable, CaseIterable {
            case unbound, dnsmasq, hosts
        }

        /// Which program reads the file.
        public var kind: Kind
        /// The file that is written; an absolute path.
        public var file: String
        /// The command by which the program takes the file up, argument by argument; none for one that does so by itself.
        public var reload: [String] = []
        /// Where it is asked whether it has; nil for nowhere.
        public var ask: ListenAddress?

        /// A file that is written, and nobody is told.
        public init(kind: Kind, file: String) {
            self.kind = kind
            self.file = file
        }
    }

    /// The IPv4 address, in four numbers, at which containers reach the mail server.
    public var internalAddress: String
    /// What the names of an app's mail variables begin with.
    public var variablePrefix = "MAIL_"
    /// The system user who owns the files of variables, where an app does not say; nil for the service's own.
    public var envOwner: String?
    /// The file by which the server knows the apps' passwords; nil for none.
    public var credentialsFile: String?
    /// How long an app whose reconfiguration failed is left in peace; twice as long with each further failure.
    public var retryAfter = Duration.seconds(60)
    /// The file with the server's chain of certificates, PEM.
    public var certificate: String?
    /// The file with its private key, PEM.
    public var key: String?
    /// The file with the authorities that apps trust, PEM; nil for the system's.
    public var authorities: String?
    /// The port of SMTP without TLS at first, inside the host.
    public var smtpPort: UInt16 = 2525
    /// The port of SMTP with TLS from the first octet.
    public var smtpsPort: UInt16 = 2465
    /// The command by which the server takes up a new certificate and new credentials, argument by argument.
    public var reload: [String] = []
    /// Who makes the name resolve; nil for nobody.
    public var resolver: Resolver?
    /// The task type that reconfigures an app.
    public var configureTask: String?
    /// The task type that reconfigures the server.
    public var serverTask: String?
    /// At most so many apps are reconfigured at once.
    public var parallel = 3
    /// The platform's own domain, which the server cannot have.
    public var dashboardDomain: HostName?

    /// The most apps that may be reconfigured at once.
    public static let maximumParallel = 100

    /// A server at an internal address, and nothing else.
    public init(internalAddress: String) {
        self.internalAddress = internalAddress
    }
}
