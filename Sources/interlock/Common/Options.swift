import ArgumentParser
import Events

/// What every command takes.
struct CommonOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The database: mysql://user@host:port/name.", valueName: "url"))
    var database: String?

    @Option(name: .customLong("state-dir"), help: ArgumentHelp("The state directory.", valueName: "dir"))
    var stateDirectory: String?

    @Option(name: .customLong("config"), help: ArgumentHelp("The configuration file.", valueName: "file"))
    var configuration: String?

    @Flag(help: "Answer in JSON.")
    var json = false

    mutating func validate() throws {
        if let empty = [("--database", database), ("--state-dir", stateDirectory), ("--config", configuration)]
            .first(where: { $0.1?.isEmpty == true })
        {
            throw ValidationError("\(empty.0) is empty")
        }
        if let database, DatabaseChoice.holdsPassword(database) {
            throw ValidationError(
                "--database holds a password, which every user of this host can read in the process list: set "
                    + "INTERLOCK_DATABASE, or name a file with ?password-file=/path")
        }
    }
}

/// What every list and show command takes besides.
struct ViewOptions: ParsableArguments {
    @Option(
        name: .customLong("as"),
        help: ArgumentHelp("Show what this user may see.", valueName: "user"), transform: Parse.name)
    var viewer: String?
}

/// What a request for locks takes.
struct RequestOptions: ParsableArguments {
    @Argument(help: "Paths to lock exclusively, such as /app/blog.", transform: Parse.lockPath)
    var paths: [LockPath] = []

    @Option(help: ArgumentHelp("A path to lock shared.", valueName: "path"), transform: Parse.lockPath)
    var shared: [LockPath] = []

    @Option(
        name: .customLong("slot"),
        help: ArgumentHelp("A path to take a slot of.", valueName: "path"),
        transform: Parse.lockPath)
    var slots: [LockPath] = []

    @Option(
        help: ArgumentHelp("Wait at most this long: 250ms, 30s, 5m, 2h.", valueName: "duration"),
        transform: Parse.duration)
    var wait: Duration?

    @Flag(name: .customLong("no-wait"), help: "Do not wait: exit 75 when the locks are not free.")
    var noWait = false

    @Option(
        help: ArgumentHelp("Why, for those who wait and for the history.", valueName: "text"),
        transform: Parse.text)
    var reason: String?

    @Option(help: ArgumentHelp("What to call the holder.", valueName: "text"), transform: Parse.text)
    var label: String?

    mutating func validate() throws {
        guard !(paths.isEmpty && shared.isEmpty && slots.isEmpty) else {
            throw ValidationError("name at least one path to lock, such as /app/blog")
        }
        guard wait == nil || !noWait else { throw ValidationError("--wait and --no-wait exclude each other") }
        let all = paths + shared + slots
        if let twice = all.first(where: { path in all.count(where: { $0 == path }) > 1 }) {
            throw ValidationError("\(twice) is named twice")
        }
        // A script's unset variable is no reason and no name.
        if reason?.isEmpty == true { reason = nil }
        if label?.isEmpty == true { label = nil }
    }
}
