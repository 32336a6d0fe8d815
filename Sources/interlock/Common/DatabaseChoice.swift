import System

/// Which database a command talks to, before anything is opened.
enum DatabaseChoice: Equatable, Sendable {
    /// Where the URL of a database was found: it decides whether the URL may hold a password.
    enum Source: Equatable, Sendable {
        case option, environment, configuration
    }

    case url(String, Source)
    /// Private servers of these state directories, the first that is there.
    case privateServer([String])

    /// The contract's order: `--database`, `INTERLOCK_DATABASE`, the configuration's `database`, the private server of
    /// the given state directory; else of one's default one, else of the system's. Inside a task only the first two.
    static func resolve(
        option: String?, environment: Environment, configured: String?, stateDirectory: StateDirectory
    ) throws(CommandFailure) -> DatabaseChoice {
        if let option {
            guard !holdsPassword(option) else {
                throw .usage(
                    "--database holds a password, which every user of this host can read in the process list",
                    hint: "Set INTERLOCK_DATABASE, or name a file: ?password-file=/path")
            }
            return .url(option, .option)
        }
        if let url = environment.setting("INTERLOCK_DATABASE") { return .url(url, .environment) }
        guard !environment.isInsideTask else {
            throw CommandFailure(
                .notPermitted, code: "no-database-for-task", "this task has no access to the database",
                hint: "Set 'database: true' for its type in the configuration")
        }
        if let configured { return .url(configured, .configuration) }
        guard !stateDirectory.isGiven, stateDirectory.path != StateDirectory.system else {
            return .privateServer([stateDirectory.path])
        }
        return .privateServer([stateDirectory.path, StateDirectory.system])
    }

    /// True when `url` is of the form `scheme://user:password@…`, or names its password in the query.
    static func holdsPassword(_ url: String) -> Bool {
        let parts = url.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2 {
            let items = parts[1].split(separator: "&")
            if items.contains(where: { $0.hasPrefix("password=") }) { return true }
        }
        guard let scheme = parts[0].firstRange(of: "://") else { return false }
        let rest = parts[0][scheme.upperBound...]
        guard let at = rest.lastIndex(of: "@") else { return false }
        return rest[..<at].contains(":")
    }
}

extension Environment {
    /// The value of a variable; nil when it is not set or empty.
    func setting(_ name: String) -> String? {
        self[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// True inside a task: its processes have only the database they were given.
    var isInsideTask: Bool { setting("INTERLOCK_TASK") != nil }
}
