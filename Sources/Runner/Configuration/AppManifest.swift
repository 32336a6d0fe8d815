public import Events
import YAML

/// Apps as a platform writes them down: one mapping, or a list of them, in YAML or JSON, with the names of `app list --json`.
public enum AppManifest {
    /// The most bytes of a file: some thousand apps.
    public static let maximumBytes = 8 << 20

    private static let keys = [
        "app", "domain", "envFile", "envOwner", "mail", "mailFrom", "notes", "operators", "requiresValidCertificate",
        "state",
    ]
    /// What a list says besides, and nobody can set.
    private static let answers = [
        "mailServer", "problem", "reconfiguredAt", "reconfiguredBy", "registeredAt",
    ]

    /// The apps of a file, in its order. All problems are reported at once, with their lines.
    public static func apps(in bytes: [UInt8], file: String) throws(ConfigurationError) -> [AppRegistered] {
        guard let root = try Configuration.tree(bytes, file: file, limit: maximumBytes) else { return [] }
        var reader = ConfigurationReader(file: file)
        var apps: [AppRegistered] = []
        for node in root.list ?? [root] {
            guard let app = reader.app(node) else { continue }
            if apps.contains(where: { $0.app == app.app }) {
                reader.complain("app '\(app.app)' is there twice", at: node)
            }
            apps.append(app)
        }
        guard reader.problems.isEmpty else { throw ConfigurationError(reader.problems) }
        return apps
    }

    fileprivate static var allKeys: [String] { keys + answers }
}

extension ConfigurationReader {
    fileprivate mutating func app(_ node: Node) -> AppRegistered? {
        guard let section = section(node, "an app", keys: AppManifest.allKeys) else { return nil }
        for key in ["app", "domain"] where !section.has(key) { complain("the app has no \(key)", at: node) }
        guard let idNode = section.node("app"), let id = identifier(idNode, "app"),
            let domainNode = section.node("domain"), let domain = text(domainNode, "app \(id): domain")
        else { return nil }
        var changes = AppChanges()
        changes.domain = domain
        changes.envFile = section.node("envFile").flatMap { text($0, "app \(id): envFile") }
        changes.envOwner = section.node("envOwner").flatMap { text($0, "app \(id): envOwner") }
        changes.hasMail = section.node("mail").flatMap { flag($0, "app \(id): mail") }
        changes.mailFrom = section.node("mailFrom").flatMap { text($0, "app \(id): mailFrom") }
        changes.notes = section.node("notes").flatMap { text($0, "app \(id): notes") }
        if let list = section.node("operators").flatMap({ self.list($0, "app \(id): operators") }) {
            changes.operators = Set(list.compactMap { identifier($0, "app \(id): an operator") }).sorted()
        }
        changes.requiresValidCertificate = section.node("requiresValidCertificate").flatMap {
            flag($0, "app \(id): requiresValidCertificate")
        }
        changes.isStopped = section.node("state").flatMap { state($0, "app \(id): state") }
        var settings = AppSettings(domain: "").with(changes)
        // As a list of what is shows it.
        if settings.mailFrom == settings.usualFrom { settings.mailFrom = nil }
        return AppRegistered(app: id, settings: settings)
    }

    private mutating func state(_ node: Node, _ name: String) -> Bool? {
        value(node, name, expected: "\(AppChanges.running) or \(AppChanges.stopped)") { text in
            switch text {
            case AppChanges.running: false
            case AppChanges.stopped: true
            default: nil
            }
        }
    }
}
