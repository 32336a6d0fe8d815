/// Reading an endpoint from a URL.
extension Endpoint {
    /// The bound on a URL's length.
    public static let maximumURLBytes = 4096
    /// MySQL's bound on the name of a database.
    public static let maximumDatabaseCharacters = 64

    /// Reads a URL (see the type). With `allowPassword` false, a password inside the URL is refused: for command lines,
    /// which every user of the machine can read. No message ever repeats the URL, which may hold a password.
    ///
    /// - Throws: `.invalidEndpoint`, naming the wrong part and what would be right.
    public init(url: String, allowPassword: Bool) throws(MySQLError) {
        guard url.utf8.count <= Self.maximumURLBytes else {
            throw Self.wrong("is longer than \(Self.maximumURLBytes) bytes")
        }
        let scheme = "mysql://"
        guard url.hasPrefix(scheme) else {
            throw Self.wrong("does not start with mysql://; it looks like mysql://user@host:3306/name")
        }
        let parts = url.dropFirst(scheme.count).split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let hierarchy = parts[0]
        guard let at = hierarchy.lastIndex(of: "@") else {
            throw Self.wrong("names no user; it looks like mysql://user@host:3306/name")
        }
        let place = hierarchy[hierarchy.index(after: at)...]
        guard let slash = place.firstIndex(of: "/") else {
            throw Self.wrong("names no database; add /name after the host")
        }
        let items = try QueryItems(parts.count > 1 ? parts[1] : "")
        let (user, inline) = try Self.login(hierarchy[..<at], allowPassword: allowPassword)
        let transport = try Self.transport(place[..<slash], socket: items.path("socket"))
        self.init(
            transport, user: user, password: try Self.password(inline, file: items.path("password-file")),
            database: try Self.database(place[place.index(after: slash)...]), tls: try Self.tls(items, transport))
    }

    static func wrong(_ problem: String) -> MySQLError {
        MySQLError(.invalidEndpoint, "the database URL \(problem)")
    }

    private static func login(
        _ text: Substring, allowPassword: Bool
    ) throws(MySQLError) -> (user: String, password: String?) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let user = PercentEncoding.decode(parts[0]) else { throw wrong("has a broken %XX in the user") }
        guard !user.isEmpty else { throw wrong("names no user before the @") }
        guard parts.count > 1 else { return (user, nil) }
        guard allowPassword else {
            throw wrong(
                "holds a password, which everybody on this machine could read from the command line; "
                    + "use password-file=/path, or pass the URL in INTERLOCK_DATABASE")
        }
        guard let password = PercentEncoding.decode(parts[1]) else { throw wrong("has a broken %XX in the password") }
        return (user, password)
    }

    private static func password(_ inline: String?, file: String?) throws(MySQLError) -> Password {
        switch (inline, file) {
        case (nil, nil): return .none
        case (let inline?, nil): return .inline(inline)
        case (nil, let file?): return .file(file)
        case (_?, _?): throw wrong("has both a password and a password-file; keep one")
        }
    }

    private static func transport(_ authority: Substring, socket: String?) throws(MySQLError) -> Transport {
        let (host, portText) = try hostAndPort(authority)
        var port: UInt16?
        if let portText {
            port = UInt16(portText).flatMap { $0 > 0 ? $0 : nil }
            guard port != nil else { throw wrong("has a wrong port, \(portText); it is a number from 1 to 65535") }
        }
        if let socket {
            guard host == "localhost" else { throw wrong("has a socket and another host than localhost; keep one") }
            guard port == nil else { throw wrong("has both a port and a socket; keep one") }
            return .socket(path: socket)
        }
        if host == "localhost" && port == nil { return .socket(path: nil) }
        return .tcp(host: host, port: port ?? defaultPort)
    }

    private static func hostAndPort(_ authority: Substring) throws(MySQLError) -> (host: String, port: Substring?) {
        var host = authority
        var port: Substring?
        if authority.first == "[" {
            guard let end = authority.firstIndex(of: "]") else { throw wrong("has an IPv6 address without its ]") }
            host = authority[authority.index(after: authority.startIndex)..<end]
            let rest = authority[authority.index(after: end)...]
            guard rest.isEmpty || rest.first == ":" else { throw wrong("has \(rest) after an IPv6 address") }
            if !rest.isEmpty { port = rest.dropFirst() }
        } else if let colon = authority.firstIndex(of: ":") {
            host = authority[..<colon]
            port = authority[authority.index(after: colon)...]
        }
        guard !host.isEmpty else { throw wrong("names no host after the @") }
        guard let decoded = PercentEncoding.decode(host) else { throw wrong("has a broken %XX in the host") }
        return (decoded, port)
    }

    private static func database(_ text: Substring) throws(MySQLError) -> String {
        guard let name = PercentEncoding.decode(text) else { throw wrong("has a broken %XX in the database's name") }
        guard !name.isEmpty else { throw wrong("names no database; add /name after the host") }
        guard !name.contains("/") else { throw wrong("has a / in the database's name") }
        guard name.count <= maximumDatabaseCharacters else {
            throw wrong("names a database with more than \(maximumDatabaseCharacters) characters")
        }
        return name
    }

    private static func tls(_ items: QueryItems, _ transport: Transport) throws(MySQLError) -> TLS {
        let ca = try items.path("ca")
        switch items["tls"] {
        case nil, "required":
            guard ca == nil else { throw wrong("has a ca, which only tls=verify-full uses") }
            return items["tls"] == nil ? .off : .required
        case "verify-full":
            guard case .tcp = transport else {
                throw wrong("asks for tls=verify-full on a Unix socket, where there is no host name to verify")
            }
            return .verifyFull(ca: ca)
        case let other?:
            throw wrong("has tls=\(other); it is required or verify-full")
        }
    }
}

/// The part of the URL behind the `?`.
private struct QueryItems {
    private static let known = ["socket", "tls", "ca", "password-file"]
    private var values: [String: String] = [:]

    init(_ query: Substring) throws(MySQLError) {
        for item in query.split(separator: "&") {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            guard Self.known.contains(name) else {
                throw Endpoint.wrong("has an unknown item \(name); known are \(Self.known.joined(separator: ", "))")
            }
            guard parts.count > 1, !parts[1].isEmpty else { throw Endpoint.wrong("gives no value to \(name)") }
            guard let value = PercentEncoding.decode(parts[1]) else {
                throw Endpoint.wrong("has a broken %XX in the value of \(name)")
            }
            guard values.updateValue(value, forKey: name) == nil else {
                throw Endpoint.wrong("has \(name) twice; keep one")
            }
        }
    }

    subscript(name: String) -> String? { values[name] }

    func path(_ name: String) throws(MySQLError) -> String? {
        guard let value = values[name] else { return nil }
        guard value.hasPrefix("/") else { throw Endpoint.wrong("has a relative path in \(name); give it from /") }
        return value
    }
}
