public import Events

/// One event, and what it changed: a line for a person who walks through the history.
public struct ReplayStep: Sendable, Equatable {
    /// The position of the event.
    public let position: Position
    /// The time of the event.
    public let at: Timestamp
    /// What happened.
    public let kind: Event.Kind
    /// What is different behind it, as one line.
    public let difference: String
    /// What it is about.
    public let subject: ReplaySubject
}

/// What an event is about, for those who look for something.
public struct ReplaySubject: Sendable, Equatable {
    /// Held, asked for, or wanted in a deadlock.
    public internal(set) var locks: [Lock] = []
    /// Whose event it is, and the parties of a deadlock.
    public internal(set) var sessions: [SessionID] = []
    /// The task, and that of each session.
    public internal(set) var tasks: [TaskID] = []
}

/// A walk through the history: the state, and with each event what it changed.
public struct Replay: Sendable {
    /// As it is behind the last event.
    public private(set) var platform: Platform

    /// Begins with the state before the first event of the walk.
    public init(from platform: Platform = Platform()) {
        self.platform = platform
    }

    /// Follows an event. Throws where it does not fit the state: a history that today's rules do not allow.
    public mutating func step(_ fact: Fact) throws(HistoryError) -> ReplayStep {
        // What an event ends can only be told before it, what it begins only behind it; the state is not copied.
        let subject = ReplaySubject(fact.event, in: platform)
        let before = StepWords(fact, subject, platform)
        try platform.evolve(fact)
        return ReplayStep(
            position: fact.position, at: fact.at, kind: fact.event.kind,
            difference: oneLine(before.difference(in: platform)), subject: subject)
    }

    /// Follows an event that nobody asks about.
    public mutating func pass(_ fact: Fact) throws(HistoryError) {
        try platform.evolve(fact)
    }
}

extension ReplaySubject {
    /// `platform` is the state before the event.
    init(_ event: Event, in platform: Platform) {
        let locks = platform.locks
        switch event {
        case .sessionOpened(let data): (sessions, tasks) = ([data.session], data.task.map { [$0] } ?? [])
        case .sessionEnded(let data): sessions = [data.session]
        case .slotsConfigured(let data): self.locks = [Lock(data.path, .slot)]
        case .lockRequested(let data): (sessions, self.locks) = ([data.session], data.locks)
        case .lockGranted(let data): (sessions, self.locks) = ([data.session], data.locks)
        case .lockWithdrawn(let data):
            (sessions, self.locks) = ([data.session], locks.request(data.request)?.locks ?? [])
        case .lockRefused(let data):
            sessions = [data.session] + data.cycle.compactMap(\.session)
            self.locks = data.locks + data.cycle.flatMap { [$0.holds?.lock, $0.wants.lock].compactMap { $0 } }
            tasks = [data.task].compactMap { $0 } + data.cycle.compactMap(\.holder.task)
            for case .task(let task) in data.cycle.map(\.wants) { tasks.append(task) }
        case .lockReleased(let data): (sessions, self.locks) = ([data.session], data.locks)
        case .lockDowngraded(let data): (sessions, self.locks) = ([data.session], [Lock(data.path, .shared)])
        case .taskQueued(let data): (tasks, self.locks) = ([data.task], data.locks)
        case .taskClaimed(let data): tasks = [data.task]
        case .taskStarted(let data): (tasks, sessions) = ([data.task], [data.session])
        case .taskProgressed(let data): tasks = [data.task]
        case .taskStopRequested(let data): tasks = [data.task]
        case .taskFinished(let data): tasks = [data.task]
        case .taskRetryScheduled(let data): tasks = [data.task]
        case .taskWaitBegan(let data): (tasks, sessions) = ([data.task], [data.session])
        case .taskWaitEnded(let data): (tasks, sessions) = ([data.task], [data.session])
        case .appReconfiguring(let data): tasks = [data.task]
        case .appReconfigured(let data): tasks = [data.task]
        case .appReconfigureFailed(let data): tasks = [data.task]
        case .appRegistered, .appChanged, .appRemoved, .logRedacted, .logRestored, .scheduleConfigured, .reactionParked,
            .reactionRetried, .userAdded, .userRoleChanged, .userEmailChanged, .userRemoved,
            .mailRenameRequested, .mailRenamed, .mailRenameRefused, .mailNameRetired, .mailServed, .mailDelayed,
            .notificationRaised, .notificationRepeated, .notificationAcknowledged, .notificationResolved,
            .notificationDelivered, .notificationDeliveryFailed:
            break
        case .runnerRegistered(let data): sessions = [data.session]
        case .runnerRetired(let data): sessions = platform.tasks.runner(data.runner).map { [$0.session] } ?? []
        }
        tasks += sessions.compactMap { locks.session($0)?.task }
        sessions += tasks.compactMap { locks.session(of: $0)?.id }
    }
}
