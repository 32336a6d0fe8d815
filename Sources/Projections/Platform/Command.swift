public import Events

extension Platform {
    /// What can be asked of the platform. Ids are made by whoever asks; liveness and its proof come in with the command.
    public enum Command: Sendable {
        case openSession(SessionOpening)
        /// Ends what is proven dead. Those that ended before, and tasks' sessions (only a runner ends them), are passed over.
        case endSessions([SessionEnded])
        case acquire(Acquisition)
        /// Gives back a whole grant, or these paths of it.
        case release(token: Position, paths: [LockPath]? = nil)
        case withdraw(RequestID, cause: LockWithdrawn.Cause)
        /// Refuses a request in the queue if its session waits for ever by now: slots became fewer, say. `alive` as in
        /// `Acquisition`.
        case reconsider(RequestID, alive: Set<SessionID>)
        /// Exclusive becomes shared, in place; shared stays as it is.
        case downgrade(token: Position, path: LockPath)
        /// Ends the whole grant, whatever its holder does.
        case breakGrant(token: Position, path: LockPath, by: String, reason: String)
        /// How many may hold a slot of each path; `onlyMissing`: of those that have no capacity yet.
        case configureSlots([LockPath: Int], onlyMissing: Bool)
        /// With `awaitedBy` the queueing and the waiting are one: refused, nothing is queued.
        case queueTask(TaskQueued, TaskSession, awaitedBy: Awaiting? = nil)
        /// From inside a session: it waits for the task's end from here on. Asked again, it is judged again.
        case awaitTask(TaskID, Awaiting)
        case endWait(TaskID, by: SessionID)
        /// A delayed task's time has come: it asks for its locks now.
        case taskDue(TaskID, TaskSession)
        case registerRunner(RunnerRegistration)
        case retireRunner(RunnerID, cause: RunnerRetired.Cause)
        case taskStarted(TaskStarted, by: RunnerID)
        /// From the task itself when no runner passes it on.
        case taskProgressed(TaskProgressed, by: RunnerID? = nil)
        /// `now`: without a grace; also for a task that is being stopped already.
        case stopTask(TaskID, by: String, reason: String? = nil, now: Bool = false)
        /// A task that was to give an app its values, and need not any more; nothing, where it is claimed or needed by now.
        case dropNeedless(TaskID, by: RunnerID)
        /// `jitter` spreads the attempts that may follow: thousandths of half the time until the next one.
        case taskFinished(TaskFinished, by: RunnerID, jitter: Int = 0)
        /// Before the command of a task starts that gives its app its values: what they are.
        case beginReconfiguration(TaskID, by: RunnerID)
        /// One more attempt for a task that is over. Given under an id made from task and attempt, it is given once.
        case retryTask(TaskQueued, attempt: Int, by: String)
        /// What a host runs by itself, by type, from `now` on; the time is the host's.
        case configureSchedules([String: String], host: String, now: Timestamp)
        case park(ReactionParked, by: RunnerID)
        /// All that is parked of it.
        case retryReaction(String, by: String)
        case addUser(UserAdded)
        case setRole(String, Role)
        /// Nil for none.
        case setEmail(String, String?)
        case removeUser(String)
        /// All or none of them.
        case changeApps(registered: [AppRegistered], changed: [AppChanged])
        /// `token` stands for the app's lock; it is given back.
        case removeApp(String, token: Position)
        /// `dashboard` is the name of the platform's own pages, from the configuration.
        case requestRename(String, by: String, dashboard: String?)
        /// The name cannot be the mail server's, for a reason that is outside the log. By a runner: only what is wished for.
        case refuseRename(String, problem: String, by: RunnerID? = nil)
        case commitRename(String, by: RunnerID)
        case retireNames(by: RunnerID)
        /// The mail server was seen to answer.
        case mailServed(MailServed, by: RunnerID)
        /// A step towards that is not done, or is done after all.
        case mailDelayed(MailDelayed, by: RunnerID)
        /// Tells those who run the platform; ordinary users never.
        case notify(StaffNotice, StaffAudience)
        /// Tells everybody who has a role.
        case tell(UserNotice)
        case acknowledge(NotificationID, by: String)
        /// What is open of this key is over; without `by`, because what it was about is so no more.
        case resolve(kind: String, subject: String, by: String? = nil)
        /// A message of `Outbox` was taken.
        case delivered(Message, by: RunnerID)
        /// A message of `Outbox` was not taken. `jitter` as in `taskFinished`.
        case deliveryFailed(Message, DeliveryFailure, jitter: Int = 0, by: RunnerID)
        /// Erases the payload of one event; what of it the history needs remains.
        case redact(Position, by: String, reason: String)
        /// Takes over a database that was restored from an older dump.
        case adopt(Restoration)
        /// Any other command; people are told of what it brings about, in the same transaction. Without this they are not.
        indirect case telling(Command, by: NoticeRules)
    }

    /// What whoever gave a command is told.
    public enum Reply: Sendable, Equatable {
        /// The session that was opened, or the living one that the process already is.
        case opened(SessionID)
        /// Those that were ended by this command.
        case ended([SessionID])
        /// With the session that holds; for `withdraw`: the grant came first.
        case granted(token: Position, session: SessionID, locks: [Lock])
        case queued(session: SessionID)
        /// Nothing was appended.
        case busy([Blocker])
        /// It would deadlock with these, as far as they live; nothing was appended. Find out, and ask again.
        case deadlock(with: [SessionID])
        /// Refused for good, by the event at `position`.
        case refused(LockRefused, position: Position)
        case released
        case downgraded
        case broken
        case configured
        case withdrawn
        /// The session that waits.
        case awaiting(SessionID)
        /// The task is finished, or never was.
        case nothingToAwait
        case task(TaskID)
        /// An unfinished task of that key is there; nothing was appended.
        case existing(TaskID)
        case registered(RunnerID)
        case retired
        case done
        /// The run of that moment was made before; nothing was appended.
        case ranBefore
        /// The events that the reaction looks at again; nothing was appended where there are none.
        case retried([Position])
        /// How far the stop is after the command: `finished` when the task had not been claimed, else `stopping`.
        case stopping(TaskRecord.Phase)
        /// Which notification it is; not recorded where no event tells of it.
        case notified(NotificationID, isRecorded: Bool)
        case resolved(NotificationID)
        /// Nothing of that key is open; nothing was appended.
        case nothingOpen
        /// With what remains.
        case redacted(LogRedacted)
        /// By the `log.restored` at this position.
        case adopted(Position)
    }
}

/// A session to open.
public struct SessionOpening: Sendable {
    /// Its `parent` is what the process found in its environment.
    public var session: SessionOpened
    /// The parent's recorded ancestors, nearest first, from the log: needed only when the parent ended before.
    public var ancestors: [SessionID]

    /// `ancestors` may be left out while the parent lives.
    public init(_ session: SessionOpened, ancestors: [SessionID] = []) {
        self.session = session
        self.ancestors = ancestors
    }
}

/// Who holds: a living session, or a process for which one is opened in the same transaction.
public enum Holder: Sendable {
    case session(SessionID)
    case opening(SessionOpening)
}

/// A request for a set of locks.
public struct Acquisition: Sendable {
    /// Who asks.
    public var holder: Holder
    /// Made by the asker, so that it can be withdrawn.
    public var request: RequestID
    /// The set, in any order.
    public var locks: [Lock]
    /// What it is for.
    public var reason: String?
    /// Database time after which others may withdraw it.
    public var deadline: Timestamp?
    /// The process that waits, where that is not the session's own.
    public var waiter: ProcessID?
    /// False: answer `busy` rather than queue.
    public var wait: Bool
    /// Sessions of which the asker has found out that they are not proven dead: no deadlock is told before.
    public var alive: Set<SessionID>

    /// A request that is still to be decided; without `wait` it is answered at once and leaves no trace when busy.
    public init(
        holder: Holder, request: RequestID, locks: [Lock], reason: String? = nil, deadline: Timestamp? = nil,
        waiter: ProcessID? = nil, wait: Bool, alive: Set<SessionID> = []
    ) {
        self.holder = holder
        self.request = request
        self.locks = locks
        self.reason = reason
        self.deadline = deadline
        self.waiter = waiter
        self.wait = wait
        self.alive = alive
    }
}

/// Who is going to wait for a task's end.
public struct Awaiting: Sendable {
    /// A living session, or a process for which one is opened in the same transaction.
    public var holder: Holder
    /// As in `Acquisition`.
    public var alive: Set<SessionID>

    /// A wait that is still to be decided.
    public init(holder: Holder, alive: Set<SessionID> = []) {
        self.holder = holder
        self.alive = alive
    }
}

/// The session that a task will be, and its request; a task without locks makes none.
public struct TaskSession: Sendable {
    /// The session to open.
    public var session: SessionID
    /// The request to make.
    public var request: RequestID
    /// The host that is to run it.
    public var host: String
    /// The system user that it will run as.
    public var user: String

    /// Ids that are new, for a task that may yet be answered with an existing one; then they are not used.
    public init(session: SessionID, request: RequestID, host: String, user: String) {
        self.session = session
        self.request = request
        self.host = host
        self.user = user
    }
}

/// A runner that takes over its host.
public struct RunnerRegistration: Sendable {
    /// This incarnation of the service.
    public var runner: RunnerID
    /// The host that it serves.
    public var host: String
    /// Its own process.
    public var holder: Holder
    /// Proof that the host's registered runner is dead: the end of its session.
    public var predecessor: SessionEnded?

    /// A registration; without proof for its predecessor it is refused where one is registered.
    public init(runner: RunnerID, host: String, holder: Holder, predecessor: SessionEnded? = nil) {
        self.runner = runner
        self.host = host
        self.holder = holder
        self.predecessor = predecessor
    }
}
