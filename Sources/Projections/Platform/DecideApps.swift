public import Events

/// The registry of apps.
extension Platform {
    /// The most apps that are registered at one time.
    public static let maximumApps = 10_000
    /// The most operators of one app.
    public static let maximumOperators = 100
    /// The longest path of a file of variables, in bytes.
    public static let maximumPath = 1024

    /// Registers and changes apps, all or none: two of them may change domains with each other. What is so already is passed
    /// over.
    mutating func changeApps(
        _ registered: [AppRegistered], _ changed: [AppChanged], _ draft: inout Draft
    ) throws -> Reply {
        var settings: [String: AppSettings] = [:]
        for new in registered {
            try checkName(new.app, "an app")
            if let known = apps[new.app] {
                guard known.settings == new.settings else {
                    throw Refusal(
                        .appExists, "There is an app '\(new.app)' already, with other settings.",
                        hint: "Change it with: interlock app update \(new.app)")
                }
                continue
            }
            settings[new.app] = new.settings
        }
        for change in changed {
            let known = try knownApp(change.app)
            let new = (settings[change.app] ?? known.settings).with(change.changes)
            settings[change.app] = new == known.settings ? nil : new
        }
        guard apps.count + settings.keys.count(where: { apps[$0] == nil }) <= Self.maximumApps else {
            throw Refusal(.tooMany, "There are \(Self.maximumApps) apps.")
        }
        try check(settings)
        for (app, new) in settings.sorted(by: { $0.key < $1.key }) {
            if let known = apps[app] {
                let changes = AppChanges(from: known.settings, to: new)
                try emit(.appChanged(AppChanged(app: app, changes: changes)), &draft)
            } else {
                try emit(.appRegistered(AppRegistered(app: app, settings: new)), &draft)
            }
        }
        try settleAudiences(&draft)
        return .done
    }

    /// Under its lock, which is given back: whoever works on the app has ended.
    mutating func removeApp(_ app: String, _ token: Position, _ draft: inout Draft) throws -> Reply {
        _ = try knownApp(app)
        let grant = try standing(token)
        guard let path = Self.lockPath(of: app),
            grant.locks.contains(where: { $0.mode == .exclusive && $0.path.covers(path) })
        else {
            throw Refusal(.noSuchToken, "Token \(token) does not stand for the lock of app '\(app)'.")
        }
        try emit(.appRemoved(AppRemoved(app: app)), &draft)
        try settleAudiences(&draft)
        return try release(token, nil, &draft)
    }

    /// What is done to an app is done under this lock; nil for what is no name.
    public static func lockPath(of app: String) -> LockPath? { LockPath("/app/\(app)") }

    func knownApp(_ app: String) throws -> AppRecord {
        guard let record = apps[app] else {
            throw Refusal(.noSuchApp, "There is no app '\(app)'.", hint: "See: interlock app list")
        }
        return record
    }

    /// `changed` beside all other apps as they are.
    private func check(_ changed: [String: AppSettings]) throws {
        guard !changed.isEmpty else { return }
        let all = apps.records.mapValues(\.settings).merging(changed) { $1 }.sorted { $0.key < $1.key }
        var (byDomain, byFile): ([String: String], [String: String]) = ([:], [:])
        for (app, settings) in all {
            if let other = byDomain.updateValue(app, forKey: settings.domain) {
                throw Refusal(
                    .nameTaken, "The apps '\(other)' and '\(app)' cannot both have the domain \(settings.domain).")
            }
            if let file = settings.envFile, let other = byFile.updateValue(app, forKey: file) {
                throw Refusal(.nameTaken, "The apps '\(other)' and '\(app)' cannot both have the file \(file).")
            }
        }
        for (app, settings) in changed { try check(settings, of: app) }
    }

    private func check(_ settings: AppSettings, of app: String) throws {
        if let problem = HostName.problem(in: settings.domain) {
            throw Refusal(.invalid, "The domain of app '\(app)' is no full name: \(problem).")
        }
        guard !mail.names.contains(settings.domain) else {
            throw Refusal(.nameTaken, "\(settings.domain) is the name of the mail server.")
        }
        try checkAddress(settings.mailFrom)
        try check(settings.notes, "The notes")
        guard settings.operators.count <= Self.maximumOperators, settings.operators.sorted() == settings.operators,
            Set(settings.operators).count == settings.operators.count
        else {
            throw Refusal(.invalid, "An app has at most \(Self.maximumOperators) operators, each named once.")
        }
        for name in settings.operators { _ = try knownUser(name) }
        if let file = settings.envFile {
            let isPath = file.hasPrefix("/") && !file.hasSuffix("/") && file.utf8.count <= Self.maximumPath
            guard isPath, file.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
                throw Refusal(.invalid, "A file of variables is named by its absolute path.")
            }
        }
        if let owner = settings.envOwner { try checkName(owner, "a system user") }
    }
}
