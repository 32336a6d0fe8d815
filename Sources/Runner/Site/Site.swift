public import EventStore
public import Events
public import MySQL
public import Projections
public import System

/// A place on a host from which the platform is worked on: its database, its state directory, its name, and who works.
public struct Site: Sendable {
    /// The database; its URL may hold a password.
    public var endpoint: Endpoint
    /// Attempts and the private database lie below it.
    public var stateDirectory: String
    /// This host's name in the log.
    public var host: String
    /// Who gives commands: the login name.
    public var user: String

    /// `host` is the kernel's host name where none is given; the user is that of this process.
    public init(endpoint: Endpoint, stateDirectory: String, host: String? = nil) {
        self.endpoint = endpoint
        self.stateDirectory = stateDirectory
        self.host = host ?? Host.name
        user = Host.userName(of: Host.userID) ?? String(Host.userID)
    }

    /// Where a task's attempt keeps its files.
    public func attempt(_ task: TaskID, _ number: Int) -> AttemptDirectory {
        AttemptDirectory(path: "\(stateDirectory)/tasks/\(task).\(number)")
    }

    /// The key of secret arguments.
    var secretKeyPath: String { SecretKey.path(in: stateDirectory) }

    /// What was seen of the log from this state directory.
    public var highestSeen: HighestSeen { HighestSeen(stateDirectory: stateDirectory) }

    /// Connects and loads the state. Throws `restored` for a database that does not go through what was seen from here.
    public func open() async throws -> OpenSite {
        let seen = highestSeen
        let log = try MySQLLog<Platform>(endpoint, newDatabaseID: try NewID.database(), seen: seen)
        try await log.open()
        let databaseID = await log.databaseID
        return OpenSite(
            site: self, log: log, seen: seen, databaseID: databaseID, hints: Hints.Directory(databaseID: databaseID))
    }
}

/// A site with its log. Safe from any task.
public struct OpenSite: Sendable {
    /// What it was opened from.
    public let site: Site
    /// Shared by all copies: one connection, one thread.
    public let log: MySQLLog<Platform>
    /// What was seen of the log from the state directory.
    let seen: HighestSeen
    /// What session ids of this database begin with.
    public let databaseID: String
    /// Where the log wakes its waiters; the directory is there.
    public let hints: Hints.Directory
    /// Told while something is waited for: that the database is away, and why, and with nil that it is back.
    public var tellAway: (@Sendable (_ problem: StoreError?) -> Void)?
    /// What is said of the kinds that the platform tells by itself; asked with each command.
    public var noticeRules: @Sendable () -> NoticeRules = { NoticeRules() }
    /// Told of each command that appended something: how many events, and how long it took from here until they were durable.
    var observeCommit: (@Sendable (_ events: Int, _ took: Duration) -> Void)?

    /// Gives one command and waits until its events are durable; people are told of what it brings about. Throws `Refusal` and
    /// `StoreError`, and `AlreadyAppended` for an `id` under which one was given before.
    public func submit(
        _ command: Platform.Command, id: CommandID? = nil, as actor: String? = nil, correlation: String? = nil,
        causation: Position? = nil,
        secrets: [SealedSecret] = []
    ) async throws -> Platform.Reply {
        let begin = MonotonicTime.now
        let receipt = try await log.submit(
            Submission(
                id: try id ?? NewID.command(), command: .telling(command, by: noticeRules()), actor: actor ?? site.user,
                host: site.host,
                correlation: correlation, causation: causation, secrets: secrets))
        if !receipt.positions.isEmpty { observeCommit?(receipt.positions.count, .since(begin)) }
        return receipt.reply
    }
}
