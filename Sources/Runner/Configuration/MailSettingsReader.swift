import Events
import System
import YAML

extension ConfigurationReader {
    static let mailKeys = [
        "internal-address", "env-prefix", "env-owner", "credentials-file", "retry-after", "certificate", "key", "ca",
        "smtp-port",
        "smtps-port", "reload", "resolver",
        "configure-task", "server-task", "parallel", "dashboard-domain",
    ]
    static let resolverKeys = ["kind", "file", "reload", "ask"]

    /// The section `mail`; nil, and a problem, where it has no address.
    mutating func mail(_ keyNode: Node, _ node: Node, _ tasks: [String: TaskType]) -> MailSettings? {
        guard let section = section(node, "mail", keys: Self.mailKeys) else { return nil }
        let address = section.node("internal-address").flatMap {
            value($0, "mail.internal-address", expected: "an IPv4 address such as 172.18.30.4") { text in
                ListenAddress(address: text).flatMap { $0.host.contains(":") ? nil : text }
            }
        }
        if !section.has("internal-address") {
            complain("mail has no internal-address, at which containers reach the mail server", at: keyNode)
        }
        var mail = MailSettings(internalAddress: address ?? "")
        readServer(of: &mail, section)
        readTasks(of: &mail, section, tasks)
        if let node = section.node("resolver") { mail.resolver = resolver(node) }
        return address == nil ? nil : mail
    }

    private mutating func readServer(of mail: inout MailSettings, _ section: Section) {
        if let node = section.node("env-prefix") {
            let expected = "capital letters, digits and _ with a _ at its end, such as MAIL_"
            mail.variablePrefix = value(node, "mail.env-prefix", expected: expected, variablePrefix) ?? ""
        }
        mail.envOwner = section.node("env-owner").flatMap { identifier($0, "mail.env-owner") }
        if let node = section.node("retry-after"), let time = duration(node, "mail.retry-after") {
            mail.retryAfter = time
        }
        mail.credentialsFile = absolutePath(section, "credentials-file")
        mail.certificate = absolutePath(section, "certificate")
        mail.key = absolutePath(section, "key")
        mail.authorities = absolutePath(section, "ca")
        if section.has("certificate") != section.has("key") {
            complain("mail needs both certificate and key, or neither", at: section.node)
        }
        if let port = port(section, "smtp-port") { mail.smtpPort = port }
        if let port = port(section, "smtps-port") { mail.smtpsPort = port }
        if mail.smtpPort == mail.smtpsPort {
            complain("mail.smtp-port and mail.smtps-port are both \(mail.smtpPort)", at: section.node)
        }
        if let node = section.node("reload") { mail.reload = plainCommand(node, "mail.reload") }
        if let node = section.node("dashboard-domain"), let text = text(node, "mail.dashboard-domain") {
            mail.dashboardDomain = HostName(canonical: text)
            if let problem = HostName.problem(in: text) { complain("mail.dashboard-domain: \(problem)", at: node) }
        }
    }

    private mutating func readTasks(of mail: inout MailSettings, _ section: Section, _ tasks: [String: TaskType]) {
        mail.configureTask = taskName(section, "configure-task", tasks)
        mail.serverTask = taskName(section, "server-task", tasks)
        if let name = mail.configureTask, let type = tasks[name], !type.needsApp {
            complain(
                "mail.configure-task must be a task on an app: '\(name)' has no {app}",
                at: section.node("configure-task"))
        }
        if let name = mail.serverTask, let type = tasks[name], type.needsApp {
            complain(
                "mail.server-task must be a task without an app: '\(name)' has {app}", at: section.node("server-task"))
        }
        if let number = number(section, "parallel", 1...MailSettings.maximumParallel) { mail.parallel = number }
    }

    private mutating func taskName(_ section: Section, _ key: String, _ tasks: [String: TaskType]) -> String? {
        guard let node = section.node(key), let name = text(node, label(section, key)) else { return nil }
        guard tasks[name] == nil else { return name }
        let meant = nearest(to: name, in: Array(tasks.keys)).map { "; did you mean '\($0)'?" } ?? ""
        complain("\(label(section, key)): there is no task '\(name)'\(meant)", at: node)
        return nil
    }

    private mutating func resolver(_ node: Node) -> MailSettings.Resolver? {
        guard let section = section(node, "mail.resolver", keys: Self.resolverKeys) else { return nil }
        for key in ["kind", "file"] where !section.has(key) { complain("mail.resolver has no \(key)", at: node) }
        let kinds = MailSettings.Resolver.Kind.allCases.map(\.rawValue)
        let kind = section.node("kind").flatMap {
            value($0, "mail.resolver.kind", expected: kinds.joined(separator: " or ")) {
                MailSettings.Resolver.Kind(rawValue: $0)
            }
        }
        let file = absolutePath(section, "file")
        let reload = section.node("reload").map { plainCommand($0, "mail.resolver.reload") } ?? []
        let ask = section.node("ask").flatMap {
            value($0, "mail.resolver.ask", expected: "an address and a port such as 127.0.0.1:53") {
                ListenAddress(written: $0).flatMap { $0.port == 0 ? nil : $0 }
            }
        }
        guard let kind, let file else { return nil }
        var resolver = MailSettings.Resolver(kind: kind, file: file)
        resolver.reload = reload
        resolver.ask = ask
        return resolver
    }

    mutating func absolutePath(_ section: Section, _ key: String) -> String? {
        section.node(key).flatMap { node in
            value(node, label(section, key), expected: "an absolute path") { $0.hasPrefix("/") ? $0 : nil }
        }
    }

    private mutating func port(_ section: Section, _ key: String) -> UInt16? {
        number(section, key, 1...Int(UInt16.max)).map { UInt16($0) }
    }

    /// A command without placeholders.
    mutating func plainCommand(_ node: Node, _ name: String) -> [String] {
        command(node, name, [:]).compactMap { word in
            if case .literal(let text) = word { return text }
            complain("\(name) is nobody's request: it has no app", at: node)
            return nil
        }
    }

    /// The name of an environment variable's first part.
    private func variablePrefix(_ text: String) -> String? {
        let isCapital = { (byte: UInt8) in (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }
        let isAllowed = { (byte: UInt8) in
            isCapital(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
        }
        guard let first = text.utf8.first, isCapital(first), text.utf8.last == UInt8(ascii: "_") else { return nil }
        return text.utf8.allSatisfy(isAllowed) ? text : nil
    }
}
