/// Where a database is and how to log in there: everything that a ``Connection`` needs to know.
///
/// As text it is a URL:
/// `mysql://user[:password]@host[:port]/name[?socket=/path&tls=required|verify-full&ca=/path&password-file=/path]`,
/// percent-encoded where a part holds other characters than letters, digits and `-._~`.
public struct Endpoint: Sendable, Equatable {
    /// How the server is reached.
    public enum Transport: Sendable, Equatable {
        /// TCP. The host is a name, an IPv4 or an IPv6 address (without brackets).
        case tcp(host: String, port: UInt16)
        /// A Unix socket; nil is the client library's default path. A URL says the latter with the host `localhost`
        /// and no port, as all of MySQL's own tools do.
        case socket(path: String?)
    }

    /// How the connection is encrypted.
    public enum TLS: Sendable, Equatable {
        /// In the clear.
        case off
        /// Encrypted; the server is not verified. This holds against those who listen, not against those who answer in
        /// the server's place. MariaDB's client library notices only after the login that a server offers no encryption,
        /// and a MySQL account's password may then have gone out in the clear: verify where the network is not trusted.
        case required
        /// Encrypted; the server's certificate must be signed by an authority in the PEM file `ca` (nil: the system's)
        /// and carry the host name.
        case verifyFull(ca: String?)
    }

    /// Where the password comes from.
    public enum Password: Sendable, Equatable {
        case none
        case inline(String)
        /// The text of a file without the newline at its end, read at every connect.
        case file(String)
    }

    /// How long a connection waits for the server, in seconds.
    public struct Timeouts: Sendable, Equatable {
        /// MYSQL_OPT_CONNECT_TIMEOUT unless set otherwise.
        public static let defaultConnectSeconds: UInt32 = 10
        /// Above the 50 s that InnoDB lets a statement wait for a row lock.
        public static let defaultReadSeconds: UInt32 = 90
        /// MYSQL_OPT_WRITE_TIMEOUT unless set otherwise.
        public static let defaultWriteSeconds: UInt32 = 30

        /// How long the connecting may take.
        public var connectSeconds = Self.defaultConnectSeconds
        /// The longest silence while an answer is awaited; after it the connection is lost.
        public var readSeconds = Self.defaultReadSeconds
        /// How long the server may leave a packet unread; after it the connection is lost.
        public var writeSeconds = Self.defaultWriteSeconds

        /// The defaults.
        public init() {}
    }

    /// The one registered with IANA for mysql.
    public static let defaultPort: UInt16 = 3306

    /// How the server is reached.
    public var transport: Transport
    /// The account's name, without its host part.
    public var user: String
    /// Not in `description`; in `url` only when inline.
    public var password: Password
    /// The database to use; empty for none (a URL always names one).
    public var database: String
    /// Off unless asked for; a Unix socket needs none.
    public var tls: TLS
    /// Not part of the URL.
    public var timeouts = Timeouts()

    /// An endpoint from its parts; nothing is checked before a connection is made.
    public init(
        _ transport: Transport, user: String, password: Password = .none, database: String = "", tls: TLS = .off
    ) {
        self.transport = transport
        self.user = user
        self.password = password
        self.database = database
        self.tls = tls
    }
}

extension Endpoint: CustomStringConvertible {
    /// The URL without a password in it, for messages and logs.
    public var description: String { url(withPassword: false) }

    /// The URL that ``init(url:allowPassword:)`` makes this endpoint of again, timeouts aside. It holds the password if
    /// that was given inline, so it belongs into an environment, never onto a command line or into a log.
    public var url: String { url(withPassword: true) }

    private func url(withPassword: Bool) -> String {
        var text = "mysql://" + PercentEncoding.encode(user)
        if withPassword, case .inline(let secret) = password { text += ":" + PercentEncoding.encode(secret) }
        text += "@" + authority + "/" + PercentEncoding.encode(database)
        let items = queryItems.map { "\($0.name)=\(PercentEncoding.encode($0.value, keeping: "/"))" }
        return items.isEmpty ? text : text + "?" + items.joined(separator: "&")
    }

    private var authority: String {
        switch transport {
        case .socket: "localhost"
        case .tcp(let host, let port): (host.contains(":") ? "[\(host)]" : host) + ":\(port)"
        }
    }

    private var queryItems: [(name: String, value: String)] {
        var items: [(name: String, value: String)] = []
        if case .socket(let path?) = transport { items.append(("socket", path)) }
        switch tls {
        case .off: break
        case .required: items.append(("tls", "required"))
        case .verifyFull(let ca):
            items.append(("tls", "verify-full"))
            if let ca { items.append(("ca", ca)) }
        }
        if case .file(let path) = password { items.append(("password-file", path)) }
        return items
    }
}
