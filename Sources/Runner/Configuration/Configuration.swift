public import Events

/// The configuration of a host: what may run on it, under which locks. Read once, checked whole, never half used.
public struct Configuration: Sendable, Equatable {
    /// The most bytes of a configuration file.
    public static let maximumBytes = 1 << 20

    /// The host among others that share a database.
    public struct Host: Sendable, Equatable {
        /// The name by which its sessions and runners are known; nil for the machine's own.
        public var id: String?
        /// After this long without a heartbeat another host may take its runner for dead.
        public var lease: Duration = .seconds(15)

        /// A host without a name of its own and with the usual lease.
        public init() {}
    }

    /// The URL of the database, which may hold a password; nil for the private server.
    public var database: String?
    /// The URL by which tasks with `database: true` log in; nil for an account that the service makes for them.
    public var taskDatabase: String?
    /// This host.
    public var host = Host()
    /// The task types by name.
    public var tasks: [String: TaskType] = [:]
    /// The capacities of slot paths.
    public var slots: [LockPath: Int] = [:]
    /// What follows from what happens.
    public var reactions: [Reaction] = []
    /// The mail server whose name apps are given; nil for none.
    public var mail: MailSettings?
    /// How people are told of notifications; nil for by the inbox alone.
    public var notifications: NotificationSettings?
    /// What is measured, and to whom it is told; nil for nothing.
    public var metrics: MetricsSettings?
    /// What is written down and accepted, but can have no effect, with its place.
    public var notices: [ConfigurationProblem] = []

    /// An empty configuration: no tasks, the private database.
    public init() {}
}
