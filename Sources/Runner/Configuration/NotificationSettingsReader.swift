import Events
import Projections
import YAML

extension ConfigurationReader {
    static let notificationKeys = ["smtp", "webhooks", "limit", "kinds"]
    static let smtpKeys = ["server", "tls", "from", "user", "password-file", "ca"]
    static let webhookKeys = ["name", "url", "secret-file", "to", "ca"]
    static let limitKeys = ["messages", "per"]
    static let kindKeys = ["to", "severity"]

    /// The section `notifications`.
    mutating func notifications(_ keyNode: Node, _ node: Node) -> NotificationSettings? {
        guard let section = section(node, "notifications", keys: Self.notificationKeys) else { return nil }
        var settings = NotificationSettings()
        settings.mail = section.node("smtp").flatMap { smtp($0) }
        for node in section.node("webhooks").flatMap({ list($0, "notifications.webhooks") }) ?? [] {
            if let webhook = webhook(node, besides: settings.webhooks.map(\.name)) { settings.webhooks.append(webhook) }
        }
        if let limit = section.node("limit").flatMap({ limit($0) }) { settings.limit = limit }
        settings.rules = section.node("kinds").map { rules($0) } ?? NoticeRules()
        return settings
    }

    /// Of each built-in kind `off`, or to whom, and how much it matters.
    private mutating func rules(_ node: Node) -> NoticeRules {
        var rules = NoticeRules()
        let names = BuiltInKind.allCases.map(\.rawValue)
        guard let section = section(node, "notifications.kinds", keys: names) else { return rules }
        for kind in BuiltInKind.allCases {
            guard let node = section.node(kind.rawValue) else { continue }
            rules.kinds[kind] = rule(node, label(section, kind.rawValue))
        }
        return rules
    }

    private mutating func rule(_ node: Node, _ label: String) -> NoticeRules.Rule? {
        guard node.text != "off" else { return NoticeRules.Rule(isOff: true) }
        guard let section = section(node, label, keys: Self.kindKeys) else { return nil }
        let words = Severity.allCases.map(\.rawValue)
        let severity = section.node("severity").flatMap {
            value($0, self.label(section, "severity"), expected: words.joined(separator: ", ")) {
                Severity(rawValue: $0)
            }
        }
        let staff = section.node("to").map { self.staff($0, self.label(section, "to")) }
        return NoticeRules.Rule(audience: staff.flatMap { StaffAudience($0) }, severity: severity)
    }

    /// People who run the platform; one at least.
    private mutating func staff(_ node: Node, _ label: String) -> Set<Staff> {
        let nodes = list(node, label)
        if nodes?.isEmpty == true { complain("\(label) names nobody", at: node) }
        var staff: Set<Staff> = []
        for node in nodes ?? [] {
            let expected = "owner, admin, usermanager, mailmanager or operator:APP"
            if let one = value(node, "an element of \(label)", expected: expected, { Staff($0) }) { staff.insert(one) }
        }
        return staff
    }

    private mutating func limit(_ node: Node) -> DeliveryLimit? {
        guard let section = section(node, "notifications.limit", keys: Self.limitKeys) else { return nil }
        let usual = DeliveryLimit.usual
        let messages = number(section, "messages", 1...DeliveryLimit.mostMessages)
        let range = 1_000_000...DeliveryLimit.longestWindow
        let window = section.node("per").flatMap { node in
            value(node, label(section, "per"), expected: "a duration from 1s to 24h, such as 1h") { text -> Int? in
                guard let time = Duration(written: text) else { return nil }
                let microseconds = time.wholeMilliseconds * 1000
                return range.contains(microseconds) ? microseconds : nil
            }
        }
        return DeliveryLimit(messages: messages ?? usual.messages, window: window ?? usual.window)
    }

    private mutating func smtp(_ node: Node) -> NotificationSettings.Mail? {
        guard let section = section(node, "notifications.smtp", keys: Self.smtpKeys) else { return nil }
        for key in ["server", "from"] where !section.has(key) { complain("notifications.smtp has no \(key)", at: node) }
        let server = section.node("server").flatMap {
            value($0, label(section, "server"), expected: "smtp://HOST:PORT or smtps://HOST:PORT") { text in
                text.hasPrefix("smtp://") || text.hasPrefix("smtps://") ? text : nil
            }
        }
        let from = section.node("from").flatMap {
            value($0, label(section, "from"), expected: "an address such as interlock@example.com") { text in
                MailAddress.isValid(text) ? text : nil
            }
        }
        let isEncrypted = section.node("tls").flatMap {
            value($0, label(section, "tls"), expected: "required or none") { ["required": true, "none": false][$0] }
        }
        guard let server, let from else { return nil }
        var mail = NotificationSettings.Mail(server: server, from: from)
        mail.isEncrypted = isEncrypted ?? true
        mail.user = text(section, "user")
        mail.passwordFile = absolutePath(section, "password-file")
        mail.authorities = absolutePath(section, "ca")
        if section.has("user") != section.has("password-file") {
            complain("notifications.smtp needs both user and password-file, or neither", at: node)
        }
        return mail
    }

    /// Known by its name, or else by its host: not by its place in the list, which can change.
    private mutating func webhook(_ node: Node, besides names: [String]) -> NotificationSettings.Webhook? {
        guard let section = section(node, "an element of notifications.webhooks", keys: Self.webhookKeys) else {
            return nil
        }
        for key in ["url", "secret-file", "to"] where !section.has(key) {
            complain("the webhook has no \(key)", at: node)
        }
        let url = section.node("url").flatMap {
            value($0, label(section, "url"), expected: "an address with https://") { text in
                text.hasPrefix("https://") || text.hasPrefix("http://") ? text : nil
            }
        }
        let file = absolutePath(section, "secret-file")
        let staff = section.node("to").map { self.staff($0, label(section, "to")) } ?? []
        guard let url, let file, !staff.isEmpty else { return nil }
        let host = url.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first.map(String.init) ?? url
        let name = section.node("name").flatMap { node in
            value(node, label(section, "name"), expected: "one line of at most \(Platform.maximumName) bytes") { text in
                !text.isEmpty && text.utf8.count <= Platform.maximumName && oneLine(text) == text ? text : nil
            }
        }
        guard !names.contains(name ?? host) else {
            let problem = name.map { "another webhook is called \($0) too" }
            complain(problem ?? "another webhook is called \(host) by its address: give this one a name", at: node)
            return nil
        }
        return NotificationSettings.Webhook(
            name: name ?? host, url: url, secretFile: file, staff: staff, authorities: absolutePath(section, "ca"))
    }
}
