public import Events

/// One kind of task: what is run, with which arguments, under which locks. Requests name it; only the configuration can
/// say what it runs.
public struct TaskType: Sendable, Equatable {
    /// What a request may or must give along.
    public struct Argument: Sendable, Equatable {
        /// What the whole value must look like; nil for anything.
        public var pattern: ArgumentPattern?
        /// True when a request without it is refused.
        public var required = false
        /// True when it must never reach the log.
        public var secret = false
        /// True when its value may begin with `-`.
        public var allowsDash = false
        /// What it is when a request does not give it.
        public var defaultValue: String?

        /// An optional argument that may be anything.
        public init() {}
    }

    /// One word of a command line, or one segment of a lock path: as it stands, or what a placeholder stands for.
    public enum Word: Sendable, Hashable {
        case literal(String)
        /// `{app}`
        case app
        /// `{name}` of a declared argument
        case argument(String)
    }

    /// A lock path with placeholders for whole segments.
    public struct LockTemplate: Sendable, Hashable {
        /// The segments from the top; none for `/`.
        public var segments: [Word]

        /// As the configuration has it: `/app/{app}`.
        public var text: String {
            "/"
                + segments.map { word in
                    switch word {
                    case .literal(let text): text
                    case .app: "{app}"
                    case .argument(let name): "{\(name)}"
                    }
                }.joined(separator: "/")
        }

        /// Exclusive or shared.
        public var mode: LockMode
    }

    /// How often a failed attempt is repeated.
    public struct Retries: Sendable, Equatable {
        /// Attempts after the first.
        public var max: Int
        /// The time before the first of them.
        public var backoff: Duration
    }

    /// What an attempt's processes may use together.
    public struct Limits: Sendable, Equatable {
        /// Memory.
        public var memory: ByteSize?
        /// Processor time in percent of one core.
        public var cpuPercent: Int?
        /// Processes and threads.
        public var pids: Int?
    }

    /// The name that requests use.
    public var name: String
    /// The program, an absolute path or a name to look up in PATH, and its arguments.
    public var command: [Word]
    /// The declared arguments by name.
    public var arguments: [String: Argument] = [:]
    /// The locks it needs for its whole life.
    public var locks: [LockTemplate] = []
    /// The slots it occupies for its whole life.
    public var slots: [LockPath] = []
    /// The user it runs as; nil for the runner's.
    public var user: String?
    /// How long an attempt may take.
    public var timeout: Duration?
    /// The time between the order to stop and the kill.
    public var grace: Duration = .seconds(10)
    /// How often a failed attempt is repeated; nil for never.
    public var retries: Retries?
    /// What it may use; nil for no limits.
    public var limits: Limits?
    /// True when an attempt whose end was not seen may be repeated.
    public var idempotent = false
    /// True when its processes are given the database.
    public var database = false
    /// When it starts by itself; nil for never.
    public var schedule: Schedule?

    /// A type with a command, no arguments and no locks.
    public init(name: String, command: [Word]) {
        self.name = name
        self.command = command
    }

    /// The variable of the task's environment that holds the value of a secret argument: a command line is seen by
    /// everybody on the host.
    public static func variable(ofSecret name: String) -> String {
        "INTERLOCK_ARGUMENT_"
            + String(
                decoding: name.uppercased().utf8.map { isAlphanumeric($0) ? $0 : UInt8(ascii: "_") }, as: UTF8.self)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// True when a request must name an app.
    public var needsApp: Bool {
        command.contains(.app) || locks.contains { $0.segments.contains(.app) }
    }
}
