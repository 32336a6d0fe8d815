import Events

/// What one event changes, in words: made with the state before it, finished with the state behind it.
struct StepWords {
    private let fact: Fact
    /// Who, as he is called before the event; nil for a session that it opens.
    private let who: String?
    /// The request that it grants, withdraws or refuses.
    private let request: Request?
    /// The grant that it ends or changes.
    private let grant: Grant?
    /// The task that it moves.
    private let task: TaskRecord?
    private let capacity: Int?

    init(_ fact: Fact, _ subject: ReplaySubject, _ platform: Platform) {
        self.fact = fact
        let locks = platform.locks
        who = subject.sessions.first.flatMap { locks.session($0) }?.name
        switch fact.event {
        case .lockGranted(let data): (request, grant) = (locks.request(data.request), nil)
        case .lockWithdrawn(let data): (request, grant) = (locks.request(data.request), nil)
        case .lockRefused(let data): (request, grant) = (data.request.flatMap { locks.request($0) }, nil)
        case .lockReleased(let data): (request, grant) = (nil, locks.grant(data.token))
        case .lockDowngraded(let data): (request, grant) = (nil, locks.grant(data.token))
        default: (request, grant) = (nil, nil)
        }
        task = subject.tasks.first.flatMap { platform.tasks.task($0) }
        if case .slotsConfigured(let data) = fact.event {
            capacity = locks.capacity(of: data.path)
        } else {
            capacity = nil
        }
    }

    /// `platform` is the state behind the event.
    func difference(in platform: Platform) -> String {
        switch fact.event {
        case .sessionOpened(let data): opened(data, platform)
        case .sessionEnded(let data): "\(name(data.session)) is gone, \(data.cause.rawValue): \(data.evidence)"
        case .slotsConfigured(let data):
            "\(data.path) has \(data.capacity) slots" + (capacity.map { ", before \($0)" } ?? "")
        case .lockRequested(let data): requested(data, platform)
        case .lockGranted(let data):
            "\(name(data.session)) holds \(data.locks.words), token \(fact.position)\(waited)"
        case .lockWithdrawn(let data):
            "\(name(data.session)) gives up waiting for \(request?.locks.words ?? "its locks"), \(data.cause.rawValue)\(waited)"
        case .lockReleased(let data): released(data)
        case .lockRefused(let data):
            "\(name(data.session)) is refused "
                + (data.task.map { "the wait for task \($0)" } ?? data.locks.words)
                + ": it would close a ring of \(data.cycle.count)"
        case .lockDowngraded(let data):
            "\(name(data.session)) shares \(data.path) from here on, token \(data.token)"
        case .taskWaitBegan(let data): "\(name(data.session)) waits for the end of task \(data.task)"
        case .taskWaitEnded(let data): "\(name(data.session)) waits for task \(data.task) no more"
        case .logRestored(let data):
            "the log was restored from a dump that ends at position \(data.previousHead), taken over by \(data.by)"
        case .logRedacted(let data):
            "the texts of event \(data.position) are erased, by \(data.by): \(data.reason)"
        case .runnerRegistered(let data): "runner \(data.runner) serves \(data.host)"
        case .runnerRetired(let data): "runner \(data.runner) is retired, \(data.cause.rawValue)"
        case .scheduleConfigured, .reactionParked, .reactionRetried, .userAdded, .userRoleChanged, .userEmailChanged,
            .userRemoved, .appRegistered, .appChanged, .appRemoved, .appReconfiguring, .appReconfigured,
            .appReconfigureFailed, .mailRenameRequested, .mailRenamed, .mailRenameRefused, .mailNameRetired,
            .mailServed,
            .mailDelayed, .notificationRaised, .notificationRepeated, .notificationAcknowledged, .notificationResolved,
            .notificationDelivered, .notificationDeliveryFailed:
            fact.event.words
        case .taskQueued, .taskClaimed, .taskStarted, .taskProgressed, .taskStopRequested, .taskFinished,
            .taskRetryScheduled:
            taskChange
        }
    }

    private func name(_ session: SessionID) -> String { who ?? session.text }

    /// Nothing for what was given at once.
    private var waited: String {
        guard let request, request.since < fact.at else { return "" }
        return " after \(span(fact.at.microseconds(since: request.since)))"
    }

    private func opened(_ data: SessionOpened, _ platform: Platform) -> String {
        let parent = data.parent.flatMap { platform.locks.session($0) }.map { ", below \($0.name)" } ?? ""
        let name = platform.locks.session(data.session)?.name ?? data.session.text
        return "\(name) is session \(data.session)\(parent)"
    }

    private func requested(_ data: LockRequested, _ platform: Platform) -> String {
        var text = "\(name(data.session)) asks for \(data.locks.words)"
        let blockers = platform.locks.request(data.request).map { platform.locks.blockers(of: $0) } ?? []
        if let first = blockers.first {
            let other = platform.locks.session(first.session)?.name ?? first.session.text
            text += first.kind == .held ? ": \(other) holds \(first.path)" : ": \(other) asked for \(first.path) before"
            if blockers.count > 1 { text += ", and \(blockers.count - 1) more" }
        }
        return text + (data.reason.map { " (\($0))" } ?? "")
    }

    private func released(_ data: LockReleased) -> String {
        let held = grant.map { " after \(span(fact.at.microseconds(since: $0.since)))" } ?? ""
        let locks = "\(data.locks.words), token \(data.token)"
        guard data.cause == .broken else {
            return "\(name(data.session)) holds no more \(locks)\(held), \(data.cause.rawValue)"
        }
        return "\(name(data.session)) loses \(locks)\(held), broken"
            + (data.by.map { " by \($0)" } ?? "") + (data.reason.map { ": \($0)" } ?? "")
    }

    private var taskChange: String {
        let before = task.map { "\($0.phase.rawValue) → " } ?? ""
        switch fact.event {
        case .taskQueued(let data):
            return
                "task \(data.task) (\(data.type)\(data.app.map { " of \($0)" } ?? "")) is queued by \(data.requestedBy)"
        case .taskClaimed(let data):
            return
                "task \(data.task): \(before)claimed by runner \(data.runner) on \(data.host), attempt \(data.attempt)"
        case .taskStarted(let data): return "task \(data.task): \(before)running as process \(data.process.pid)"
        case .taskProgressed(let data):
            let percent = task?.progress.map { "\($0.percent) % → " } ?? ""
            return "task \(data.task): \(percent)\(data.percent) %" + (data.message.map { ", \($0)" } ?? "")
        case .taskStopRequested(let data):
            return "task \(data.task): \(before)\(data.now ? "to be killed" : "stopping"), by \(data.by)"
                + (data.reason.map { ": \($0)" } ?? "")
        case .taskFinished(let data): return "task \(data.task): \(before)\(data.outcome.rawValue), \(data.evidence)"
        case .taskRetryScheduled(let data):
            return "task \(data.task): \(before)queued for attempt \(data.attempt), not before \(data.notBefore)"
        default: return ""
        }
    }
}
