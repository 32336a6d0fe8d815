public import Events

/// Redaction: one event's payload is erased, unless what is going on now began with it.
extension Platform {
    /// The event to be redacted has to be seen.
    public static func subject(of command: Command) -> Position? {
        switch command {
        case .redact(let position, _, _): position
        case .telling(let command, _): subject(of: command)
        default: nil
        }
    }

    mutating func redact(
        _ position: Position, _ by: String, _ reason: String, _ draft: inout Draft
    ) throws -> Reply {
        guard !reason.isEmpty else { throw Refusal(.invalid, "An event is redacted for a reason.") }
        try check(reason, "The reason")
        let remains = try remains(of: draft.subject, at: position, head: draft.head)
        let redaction = LogRedacted(position: position, by: by, reason: reason, remains: remains)
        try emit(.logRedacted(redaction), &draft)
        return .redacted(redaction)
    }

    /// What a redaction would leave of `event`, as it stands at `position` of the log that ends at `head`. Refused where
    /// there is none, where it is redacted, and where this state needs it.
    public func remains(of event: RecordedEvent?, at position: Position, head: Position) throws -> [UInt8] {
        guard let event, event.position == position else {
            throw Refusal(
                .noSuchPosition, "The log has no position \(position).",
                hint: head == 0 ? "It is empty." : "Its last one is \(head).")
        }
        guard event.remains == nil else {
            throw Refusal(
                .alreadyRedacted, "Event \(position) was redacted before.",
                hint: "Who did it, and why: interlock log export | grep log.redacted")
        }
        let fact = try event.fact()
        switch fact.event {
        case .logRedacted:
            throw Refusal(.wrongState, "Event \(position) tells of a redaction, and that is not erased.")
        case .logRestored:
            throw Refusal(
                .wrongState, "Event \(position) says why positions are left out before it, and that is not erased.")
        default: break
        }
        if let need = need(of: fact) {
            throw Refusal(
                .needed, "Event \(position) (\(event.type)) is needed: \(need.what).", hint: need.remedy)
        }
        return fact.event.remains
    }
}

/// What is going on that began with an event, and when it can be redacted.
private struct Need {
    var what: String
    var remedy: String
}

extension Platform {
    /// Nil when nothing in this state follows from the event's payload: then what remains of it folds to the same state.
    private func need(of fact: Fact) -> Need? {
        switch fact.event {
        case .sessionOpened(let data): need(ofSession: data.session)
        case .lockRequested(let data): need(ofRequest: data.request)
        case .lockGranted: need(ofToken: fact.position)
        case .lockDowngraded(let data): need(ofToken: data.token)
        case .slotsConfigured(let data):
            locks.capacities[data.path] != data.capacity
                ? nil
                : Need(
                    what: "\(data.path) has \(data.capacity) slots", remedy: "It can be redacted when it has others.")
        case .taskQueued(let data): need(ofTask: data.task)
        case .taskClaimed(let data): need(ofTask: data.task)
        case .taskStarted(let data): need(ofTask: data.task)
        case .taskProgressed(let data): need(ofTask: data.task)
        case .taskStopRequested(let data): need(ofTask: data.task)
        case .taskFinished(let data): need(ofTask: data.task)
        case .taskRetryScheduled(let data): need(ofTask: data.task)
        case .taskWaitBegan(let data):
            !locks.isAwaiting(data.task, data.session)
                ? nil
                : Need(
                    what: "session \(data.session) still waits for task \(data.task)",
                    remedy: "It can be redacted when the wait has ended.")
        case .runnerRegistered(let data):
            tasks.runner(data.runner).map {
                Need(
                    what: "runner \($0.id) is registered for \($0.host)",
                    remedy: "It can be redacted when the runner is stopped.")
            }
        case .reactionParked(let data):
            tasks.reactions.parked(of: data.reaction).contains { $0.position == data.position }
                ? Need(
                    what: "reaction \(data.reaction) is parked at \(data.position)",
                    remedy: "It can be redacted when it has been retried.")
                : nil
        case .userAdded(let data): users[data.user]?.email == data.email ? need(ofUser: data.user) : nil
        case .userEmailChanged(let data): users[data.user]?.email == data.email ? need(ofUser: data.user) : nil
        case .appRegistered(let data):
            need(ofApp: data.app, AppChanges(from: AppSettings(domain: ""), to: data.settings))
        case .appChanged(let data): need(ofApp: data.app, data.changes)
        case .appReconfiguring(let data): need(ofApp: data.app)
        case .appReconfigured(let data): need(ofApp: data.app)
        case .appReconfigureFailed(let data): need(ofApp: data.app)
        case .mailRenameRequested(let data):
            mail.wish?.name == data.to
                ? Need(
                    what: "the mail server is to be called \(data.to)", remedy: "It can be redacted when it is, or not."
                )
                : nil
        case .mailRenameRefused:
            mail.refused?.position == fact.position
                ? Need(what: "it is the last refusal", remedy: "It can be redacted when another name was refused.")
                : nil
        case .mailDelayed(let data):
            data.problem != nil && mail.problems[data.step] == data.problem
                ? Need(what: "the step '\(data.step.rawValue)' is not done", remedy: "It can be redacted when it is.")
                : nil
        case .notificationRaised, .notificationRepeated, .notificationAcknowledged, .notificationDeliveryFailed:
            need(ofNotification: fact.event)
        // What is over by them is over without their texts too.
        case .sessionEnded, .lockWithdrawn, .lockReleased, .lockRefused, .taskWaitEnded, .runnerRetired, .logRedacted,
            .logRestored,
            .scheduleConfigured, .reactionRetried, .userRoleChanged, .userRemoved, .appRemoved, .mailRenamed,
            .mailNameRetired, .mailServed, .notificationResolved, .notificationDelivered:
            nil
        }
    }

    private func need(ofSession id: SessionID) -> Need? {
        if locks.session(id) != nil {
            return Need(what: "session \(id) is living", remedy: "It can be redacted when the session has ended.")
        }
        guard locks.ancestry.ended.contains(id) else { return nil }
        return Need(
            what: "sessions below session \(id) are living", remedy: "It can be redacted when they have ended.")
    }

    private func need(ofRequest id: RequestID) -> Need? {
        if let grant = locks.grant(of: id) { return need(ofToken: grant.token) }
        guard locks.request(id) != nil else { return nil }
        return Need(what: "request \(id) is in the queue", remedy: "It can be redacted when it is over.")
    }

    private func need(ofToken token: Position) -> Need? {
        guard locks.grant(token) != nil else { return nil }
        return Need(what: "token \(token) stands", remedy: "It can be redacted when the locks are given back.")
    }

    private func need(ofNotification event: Event) -> Need? {
        switch event {
        case .notificationRaised(let data): need(ofNotification: data.notification)
        case .notificationRepeated(let data): need(ofNotification: data.notification)
        case .notificationAcknowledged(let data): need(ofNotification: data.notification)
        case .notificationDeliveryFailed(let data): need(of: data)
        default: nil
        }
    }

    private func need(ofNotification id: NotificationID) -> Need? {
        guard let record = notifications[id], record.resolution == nil else { return nil }
        return Need(
            what: "notification \(id) is open",
            remedy: "It can be redacted when it is over: interlock notification resolve")
    }

    private func need(of data: NotificationDeliveryFailed) -> Need? {
        let line = Line(recipient: data.recipient, channel: data.channel)
        let isNeeded =
            notifications.lines[line]?.problem == data.problem
            || notifications[data.notification]?.outcomes[line]?.problem == data.problem
        guard isNeeded else { return nil }
        return Need(
            what: "it is why the \(line.words) fails",
            remedy: "It can be redacted when that was delivered, or the notification is over.")
    }

    private func need(ofUser name: String) -> Need? {
        guard users[name] != nil else { return nil }
        return Need(
            what: "user \(name) is there", remedy: "It can be redacted when he has another address, or is removed.")
    }

    /// Of the texts that a redaction takes: notes that were overwritten since can go.
    private func need(ofApp app: String, _ changes: AppChanges) -> Need? {
        guard let record = apps[app] else { return nil }
        let settings = record.settings
        let isNeeded =
            changes.notes.map { $0 == settings.notes ?? "" } ?? false
            || changes.operators.map { $0 == settings.operators } ?? false
            || changes.mailFrom.map { [settings.mailFrom ?? "", record.applied?.from].contains($0) } ?? false
        guard isNeeded else { return nil }
        return Need(
            what: "app \(app) has what it tells of",
            remedy: "It can be redacted when the app has other notes, operators and address, or is removed.")
    }

    private func need(ofApp app: String) -> Need? {
        guard apps[app] != nil else { return nil }
        return Need(what: "app \(app) is registered", remedy: "It can be redacted when the app is removed.")
    }

    private func need(ofTask id: TaskID) -> Need? {
        guard tasks.task(id) != nil else { return nil }
        return Need(what: "task \(id) is not finished", remedy: "It can be redacted when the task is finished.")
    }
}
