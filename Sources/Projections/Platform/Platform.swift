public import Events

/// The platform's state machine: locks (with sessions), tasks (with runners), apps, the mail server's name, users and
/// notifications, moved together. One command is one transaction, and after each all grants that the new state allows are made, in queue order.
public struct Platform: StoredMachine {
    /// Sessions, held locks and the queue.
    public internal(set) var locks = Locks()
    /// Unfinished tasks and runners.
    public internal(set) var tasks = Tasks()
    /// Registered apps, with what each was told of the mail server.
    public internal(set) var apps = Apps()
    /// The mail server's name.
    public internal(set) var mail = Mail()
    /// What is to be known, and who was told of it.
    public internal(set) var notifications = Notifications()
    /// Who has a role.
    public internal(set) var users = Users()
    /// What the transaction at hand changed so far; empty between commands.
    var unsettled = Unsettled()
    /// What the command at hand tells people by itself; nil between commands, and for one that tells nobody.
    var tidings: Tidings?
    /// Raises that no event tells of yet, of those that this process was asked for: its next event of the notification tells of
    /// them too. No part of the state: lost with the process.
    var untold: [NotificationID: Int] = [:]

    /// Nothing has happened.
    public init() {}

    /// Follows one event; throws where it does not fit the state.
    public mutating func evolve(_ fact: Fact) throws(HistoryError) {
        switch fact.event {
        case .sessionOpened, .sessionEnded, .lockRequested, .lockGranted, .lockWithdrawn, .lockReleased, .lockRefused,
            .lockDowngraded, .slotsConfigured, .taskWaitBegan, .taskWaitEnded:
            try locks.evolve(fact)
        case .taskClaimed, .taskProgressed, .taskStopRequested, .scheduleConfigured, .reactionParked, .reactionRetried:
            try tasks.evolve(fact)
        case .taskQueued(let data):
            try tasks.evolve(fact)
            locks.foresee(data.task, data.locks)
        case .taskFinished(let data):
            try tasks.evolve(fact)
            if !data.retry { locks.forget(data.task) }
        case .taskRetryScheduled(let data):
            try tasks.evolve(fact)
            if let record = tasks.task(data.task) { locks.foresee(record.id, record.order.locks) }
        case .taskStarted(let data):
            try tasks.evolve(fact)
            locks.adopt(data.process, as: data.session)
        case .runnerRegistered(let data):
            try tasks.evolve(fact)
            locks.serve(data.host)
        case .runnerRetired(let data):
            let host = tasks.runner(data.runner)?.host
            try tasks.evolve(fact)
            if let host { locks.abandon(host) }
        case .appRegistered, .appChanged, .appRemoved, .appReconfiguring, .appReconfigured, .appReconfigureFailed:
            try apps.evolve(fact)
        case .mailRenameRequested, .mailRenamed, .mailRenameRefused, .mailNameRetired, .mailServed, .mailDelayed:
            try mail.evolve(fact)
        case .userAdded, .userRoleChanged, .userEmailChanged, .userRemoved: try users.evolve(fact)
        case .notificationRaised, .notificationRepeated, .notificationAcknowledged, .notificationDelivered,
            .notificationDeliveryFailed:
            try notifications.evolve(fact)
        case .notificationResolved(let data):
            try notifications.evolve(fact)
            untold[data.notification] = nil
        // It tells of the log, not of the host.
        case .logRedacted, .logRestored: break
        }
    }

    /// Turns a command into events, or refuses it before the first one.
    public mutating func decide(_ command: Command, into draft: inout Draft) throws -> Reply {
        switch command {
        case .openSession(let opening): try openSession(opening, &draft)
        case .endSessions(let ends): try endSessions(ends, &draft)
        case .acquire(let acquisition): try acquire(acquisition, &draft)
        case .release(let token, let paths): try release(token, paths, &draft)
        case .withdraw(let request, let cause): try withdraw(request, cause, &draft)
        case .reconsider(let request, let alive): try reconsider(request, alive, &draft)
        case .downgrade(let token, let path): try downgrade(token, path, &draft)
        case .breakGrant(let token, let path, let by, let reason): try breakGrant(token, path, by, reason, &draft)
        case .configureSlots(let capacities, let onlyMissing): try configureSlots(capacities, onlyMissing, &draft)
        case .queueTask(let order, let session, let awaiting): try queueTask(order, session, awaiting, &draft)
        case .awaitTask(let task, let awaiting): try awaitTask(task, awaiting, &draft)
        case .endWait(let task, let session): try endWait(task, session, &draft)
        case .taskDue(let task, let session): try taskDue(task, session, &draft)
        case .registerRunner(let registration): try registerRunner(registration, &draft)
        case .retireRunner(let runner, let cause): try retireRunner(runner, cause, &draft)
        case .taskStarted(let data, let runner): try taskStarted(data, runner, &draft)
        case .taskProgressed(let data, let runner): try taskProgressed(data, runner, &draft)
        case .stopTask(let task, let by, let reason, let now): try stopTask(task, by, reason, now, &draft)
        case .dropNeedless(let task, let runner): try dropNeedless(task, runner, &draft)
        case .taskFinished(let data, let runner, let jitter): try taskFinished(data, runner, jitter, &draft)
        case .beginReconfiguration(let task, let runner): try beginReconfiguration(task, runner, &draft)
        case .retryTask(let order, let attempt, let by): try retryTask(order, attempt, by, &draft)
        case .configureSchedules(let schedules, let host, let now):
            try configureSchedules(schedules, host, now, &draft)
        case .park(let data, let runner): try park(data, runner, &draft)
        case .retryReaction(let name, let by): try retryReaction(name, by, &draft)
        case .addUser(let user): try addUser(user, &draft)
        case .setRole(let name, let role): try setRole(name, role, &draft)
        case .setEmail(let name, let email): try setEmail(name, email, &draft)
        case .removeUser(let name): try removeUser(name, &draft)
        case .changeApps(let registered, let changed): try changeApps(registered, changed, &draft)
        case .removeApp(let app, let token): try removeApp(app, token, &draft)
        case .requestRename(let name, let by, let dashboard):
            try requestRename(name, by, dashboard: dashboard, &draft)
        case .refuseRename(let name, let problem, let by): try refuseRename(name, problem, by, &draft)
        case .commitRename(let name, let runner): try commitRename(name, runner, &draft)
        case .retireNames(let runner): try retireNames(runner, &draft)
        case .mailServed(let served, let runner): try mailServed(served, runner, &draft)
        case .mailDelayed(let delay, let runner): try mailDelayed(delay, runner, &draft)
        case .notify(let notice, let audience): try notify(notice, audience, &draft)
        case .tell(let notice): try tell(notice, &draft)
        case .acknowledge(let id, let by): try acknowledge(id, by, &draft)
        case .resolve(let kind, let subject, let by): try resolve(kind, subject, by, &draft)
        case .delivered(let message, let runner): try delivered(message, runner, &draft)
        case .deliveryFailed(let message, let failure, let jitter, let runner):
            try deliveryFailed(message, failure, jitter, runner, &draft)
        case .redact(let position, let by, let reason): try redact(position, by, reason, &draft)
        case .adopt(let restoration): try adopt(restoration, &draft)
        case .telling(let command, let rules): try telling(command, by: rules, &draft)
        }
    }

    /// Appends an event and follows it.
    mutating func emit(
        _ event: Event, _ draft: inout Draft, at position: Position? = nil
    ) throws(HistoryError) {
        unsettled.note(event, locks, tasks)
        let position = position ?? draft.head + 1
        if tidings != nil {
            let news = News.of(event, at: position, in: self)
            tidings?.news += news
        }
        try evolve(draft.append(event, at: position))
    }

    /// Grants everything that the new state allows, first come first, until nothing changes.
    mutating func settle(_ draft: inout Draft) throws(HistoryError) {
        while let request = unsettled.next(in: locks) {
            let task = locks.unstartedTask(request.session)
            try emit(
                .lockGranted(LockGranted(request: request.id, session: request.session, locks: request.locks)), &draft)
            if let task { try claim(task, &draft) }
        }
    }

    /// Claims `task` for the runner of its session's host, if one is registered.
    mutating func claim(_ task: TaskID, _ draft: inout Draft) throws(HistoryError) {
        guard let record = tasks.task(task), let host = locks.session(of: task)?.host,
            let runner = tasks.runner(on: host)
        else { return }
        try emit(
            .taskClaimed(TaskClaimed(task: task, attempt: record.attempt, runner: runner.id, host: host)), &draft)
    }
}
