import Events

extension RecordedEvent {
    /// What happened, in a few words for a person who reads along.
    var words: String {
        guard let payload = payload ?? remains else { return "" }
        let mark = self.payload == nil ? "(redacted) " : ""
        guard let kind = Event.Kind(rawValue: type),
            let known = try? Event(kind: kind, schema: schema, payload: payload)
        else { return mark + String(decoding: payload, as: UTF8.self) }
        return mark + known.words
    }
}

extension Event {
    /// Whatever it is about; for who may see all of it.
    var words: String {
        switch self {
        case .sessionOpened(let data): data.words
        case .sessionEnded(let data): "\(data.session) ended, \(data.cause.rawValue): \(data.evidence)"
        case .lockRequested(let data):
            "\(data.session) asks for \(data.locks.words)" + (data.reason.map { ": \($0)" } ?? "")
        case .lockGranted(let data): "\(data.session) is given \(data.locks.words)"
        case .lockWithdrawn(let data): "\(data.session) withdraws \(data.request), \(data.cause.rawValue)"
        case .lockReleased(let data):
            "\(data.session) gives back \(data.locks.words) of token \(data.token), \(data.cause.rawValue)"
        case .lockRefused(let data):
            "\(data.session) would wait for ever for "
                + (data.task.map { "task \($0)" } ?? data.locks.words) + ": a deadlock of \(data.cycle.count)"
        case .lockDowngraded(let data): "\(data.session) holds \(data.path) of token \(data.token) shared from here on"
        case .slotsConfigured(let data): "\(data.path) has \(data.capacity) slots"
        case .taskWaitBegan(let data): "\(data.session) waits for task \(data.task)"
        case .taskWaitEnded(let data): "\(data.session) waits for task \(data.task) no more"
        case .taskQueued(let data):
            "\(data.task) \(data.type)" + (data.app.map { " of \($0)" } ?? "") + ", asked for by \(data.requestedBy)"
        case .taskClaimed(let data): "\(data.task) by runner \(data.runner) on \(data.host), attempt \(data.attempt)"
        case .taskStarted(let data): "\(data.task) as process \(data.process.pid), attempt \(data.attempt)"
        case .taskProgressed(let data): "\(data.task) \(data.percent) %" + (data.message.map { ": \($0)" } ?? "")
        case .taskStopRequested(let data):
            "\(data.task)\(data.now ? " at once" : "") by \(data.by)" + (data.reason.map { ": \($0)" } ?? "")
        case .taskFinished(let data): "\(data.task) \(data.outcome.rawValue): \(data.evidence)"
        case .taskRetryScheduled(let data):
            "\(data.task) attempt \(data.attempt), not before \(data.notBefore)"
                + (data.by.map { ", asked for by \($0)" } ?? "")
        case .scheduleConfigured(let data): data.words
        case .userAdded(let data): data.words
        case .userRoleChanged(let data): data.words
        case .userEmailChanged(let data): data.words
        case .userRemoved(let data): data.words
        case .appRegistered(let data): data.words
        case .appChanged(let data): data.words
        case .appRemoved(let data): data.words
        case .appReconfiguring(let data): "\(data.words), beginning"
        case .appReconfigured(let data): data.words
        case .appReconfigureFailed(let data): data.words
        case .mailRenameRequested(let data): data.words
        case .mailRenamed(let data): data.words
        case .mailRenameRefused(let data): data.words
        case .mailNameRetired(let data): data.words
        case .mailServed(let data): data.words
        case .mailDelayed(let data): data.words
        case .notificationRaised(let data): data.words
        case .notificationRepeated(let data): data.words
        case .notificationAcknowledged(let data): data.words
        case .notificationResolved(let data): data.words
        case .notificationDelivered(let data): data.words
        case .notificationDeliveryFailed(let data): data.words
        case .reactionParked(let data): data.words
        case .reactionRetried(let data): data.words
        case .runnerRegistered(let data): "\(data.runner) on \(data.host)"
        case .runnerRetired(let data): "\(data.runner), \(data.cause.rawValue)"
        case .logRestored(let data): "by \(data.by), from a dump that ends at position \(data.previousHead)"
        case .logRedacted(let data): "event \(data.position) by \(data.by): \(data.reason)"
        }
    }
}

extension ScheduleConfigured {
    var words: String {
        "\(type) on \(host) runs " + (schedule.map { "by itself: \($0)" } ?? "by itself no more")
    }
}

extension ReactionParked {
    var words: String { "\(reaction) failed at event \(position): \(problem)" }
}

extension ReactionRetried {
    var words: String {
        "\(reaction) looks again at \(positions.map(String.init).joined(separator: ", ")), asked for by \(by)"
    }
}

extension SessionOpened {
    fileprivate var words: String {
        let who = task.map { "task \($0)" } ?? label ?? program ?? "a process"
        return "\(session) is \(who)" + (process.map { " [\($0.pid)]" } ?? "") + " of \(user)"
    }
}
