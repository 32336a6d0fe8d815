public import Events

/// What taking over a restored database does, or would do.
public struct Adoption: Sendable {
    /// A process of this host whose attempt the restored log does not have under way.
    public struct Stray: Sendable, Equatable {
        /// The task, by the name of its directory.
        public var task: TaskID
        /// Which attempt.
        public var attempt: Int
        /// Its shim, which stops all of it in good order when it is told to; a process of the attempt where the shim is dead.
        public var pid: Int
        /// Where its output is.
        public var logPath: String

        /// A process that lives.
        public init(task: TaskID, attempt: Int, pid: Int, logPath: String) {
            self.task = task
            self.attempt = attempt
            self.pid = pid
            self.logPath = logPath
        }
    }

    /// Of the `log.restored`; of one that is only tried, where it would stand.
    public var position: Position
    /// False for one that is only tried.
    public var isDone = false
    /// What is decided by the machine.
    public var restoration: Restoration
    /// The sessions, but for those of tasks, whose processes live: they keep what they hold.
    public var kept: [SessionID]
    /// What people call the sessions.
    public var names: [SessionID: String] = [:]
    /// The tasks that run on, and keep what they hold.
    public var running: [TaskID]
    /// The tasks that run in the restored log and here no more. They keep what they hold until a runner ends them.
    public var over: [TaskID]
    /// What runs and the restored log knows nothing of.
    public var strays: [Stray]

    /// What was found out; nothing is done by that.
    public init(
        _ restoration: Restoration, kept: [SessionID], running: [TaskID], over: [TaskID], strays: [Stray]
    ) {
        self.restoration = restoration
        position = restoration.highest + LogRestored.jump
        self.kept = kept
        self.running = running
        self.over = over
        self.strays = strays
    }
}

/// What `log adopt` answers.
public func view(of adoption: Adoption, for viewer: Viewer) -> View {
    View(json: show(adoption, adoptionFields, for: viewer))
}

private let adoptionFields: [Field<Adoption>] = [
    .administrators("adopted") { adoption, _ in .bool(adoption.isDone) },
    .administrators("position") { adoption, _ in .integer(adoption.position) },
    .administrators("previousHead") { adoption, _ in .integer(adoption.restoration.previousHead) },
    .administrators("highestSeen") { adoption, _ in .integer(adoption.restoration.highest) },
    .administrators("kept") { adoption, _ in .strings(adoption.kept.map(\.text)) },
    .administrators("ended") { adoption, _ in
        .array(
            adoption.restoration.ends.map {
                .fields(("session", .string($0.session.text)), ("evidence", .string($0.evidence)))
            })
    },
    .administrators("running") { adoption, _ in .strings(adoption.running.map(\.text)) },
    .administrators("over") { adoption, _ in .strings(adoption.over.map(\.text)) },
    .administrators("finished") { adoption, _ in
        .array(
            adoption.restoration.attempts.map {
                .fields(
                    ("task", .string($0.task.text)), ("attempt", .integer($0.attempt)),
                    ("outcome", .string($0.outcome.rawValue)), ("evidence", .string($0.evidence)))
            })
    },
    .administrators("strays") { adoption, _ in
        .array(
            adoption.strays.map {
                .fields(
                    ("task", .string($0.task.text)), ("attempt", .integer($0.attempt)), ("pid", .integer($0.pid)),
                    ("log", .string($0.logPath)))
            })
    },
]
