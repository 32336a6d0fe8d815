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
    View(adoption, adoptionFields, for: viewer)
}

extension Adoption: Viewable {
    var about: Subject { .platform }
}

let adoptionFields: [Field<Adoption>] = [
    .administrators("adopted") { adoption, _ in .bool(adoption.isDone) },
    .administrators("position") { adoption, _ in .integer(adoption.position) },
    .administrators("previousHead") { adoption, _ in .integer(adoption.restoration.previousHead) },
    .administrators("highestSeen") { adoption, _ in .integer(adoption.restoration.highest) },
    .administrators("kept") { adoption, _ in .strings(adoption.kept.map(\.text)) },
    .administrators("ended") { adoption, onlooker in show(adoption.restoration.ends, endedFields, for: onlooker) },
    .administrators("names") { adoption, _ in
        .object(
            adoption.names.sorted { $0.key.text < $1.key.text }.map { (name: $0.key.text, value: .string($0.value)) })
    },
    .administrators("running") { adoption, _ in .strings(adoption.running.map(\.text)) },
    .administrators("over") { adoption, _ in .strings(adoption.over.map(\.text)) },
    .administrators("finished") { adoption, onlooker in
        show(adoption.restoration.attempts, finishedFields, for: onlooker)
    },
    .administrators("strays") { adoption, onlooker in show(adoption.strays, strayFields, for: onlooker) },
]

extension SessionEnded: Viewable {
    var about: Subject { .whole }
}

let endedFields: [Field<SessionEnded>] = [
    .administrators("session") { end, _ in .string(end.session.text) },
    .administrators("evidence") { end, _ in .string(end.evidence) },
]

extension TaskFinished: Viewable {
    var about: Subject { .whole }
}

let finishedFields: [Field<TaskFinished>] = [
    .administrators("task") { end, _ in .string(end.task.text) },
    .administrators("attempt") { end, _ in .integer(end.attempt) },
    .administrators("outcome") { end, _ in .string(end.outcome.rawValue) },
    .administrators("evidence") { end, _ in .string(end.evidence) },
]

extension Adoption.Stray: Viewable {
    var about: Subject { .whole }
}

let strayFields: [Field<Adoption.Stray>] = [
    .administrators("task") { stray, _ in .string(stray.task.text) },
    .administrators("attempt") { stray, _ in .integer(stray.attempt) },
    .administrators("pid") { stray, _ in .integer(stray.pid) },
    .administrators("log") { stray, _ in .string(stray.logPath) },
]
