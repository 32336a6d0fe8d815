import Events

/// Notifications: raised by the platform and by people, acknowledged, resolved.
extension Platform {
    /// The most notifications that are open at one time.
    public static let maximumOpenNotifications = 1000
    /// The longest subject or title, in bytes.
    public static let maximumTitle = 255

    mutating func notify(
        _ notice: StaffNotice, _ audience: StaffAudience, _ draft: inout Draft
    ) throws -> Reply {
        for case .operators(let app) in audience.staff { _ = try knownApp(app) }
        let raise = Raise(notice, .staff(audience))
        try check(raise)
        return try notify(raise, &draft)
    }

    mutating func tell(_ notice: UserNotice, _ draft: inout Draft) throws -> Reply {
        guard BuiltInKind(rawValue: notice.kind) == nil else {
            throw Refusal(.invalid, "'\(notice.kind)' is for those who run the platform, not for ordinary users.")
        }
        let raise = Raise(notice)
        try check(raise)
        return try notify(raise, &draft)
    }

    private mutating func notify(_ raise: Raise, _ draft: inout Draft) throws -> Reply {
        guard let reply = try self.raise(raise, &draft) else {
            throw Refusal(
                .tooMany, "\(Self.maximumOpenNotifications) notifications are open, and all matter more than this.",
                hint: "Resolve some: interlock notification list")
        }
        if case .notified(_, isRecorded: true) = reply { try settleAudiences(&draft) }
        return reply
    }

    /// Who acknowledges for the second time changes nothing.
    mutating func acknowledge(_ id: NotificationID, _ by: String, _ draft: inout Draft) throws -> Reply {
        guard let record = notifications[id], record.resolution == nil else {
            throw Refusal(
                .noSuchNotification, "No notification '\(id)' is open.", hint: "See: interlock notification list")
        }
        guard record.acknowledgement == nil else { return .done }
        try emit(.notificationAcknowledged(NotificationAcknowledged(notification: id, by: by)), &draft)
        return .done
    }

    /// What is over already stays so. `by` is nil where what it was about is so no more.
    mutating func resolve(_ kind: String, _ subject: String, _ by: String?, _ draft: inout Draft) throws -> Reply {
        guard let record = notifications[kind: kind, subject: subject] else { return .nothingOpen }
        try end(record, by == nil ? .cleared : .requested, by: by, &draft)
        try settleAudiences(&draft)
        return .resolved(record.id)
    }

    private func check(_ raise: Raise) throws {
        try checkName(raise.kind, "a kind")
        for (text, name) in [(raise.subject, "subject"), (raise.title, "title")] {
            guard !text.isEmpty, text.utf8.count <= Self.maximumTitle, oneLine(text) == text else {
                throw Refusal(
                    .invalid,
                    "The \(name) is one line of at most \(Self.maximumTitle) bytes, without control characters.")
            }
        }
        try check(raise.body, "The body")
        guard raise.body?.utf8.contains(0) != true else { throw Refusal(.invalid, "The body holds a NUL.") }
    }
}

/// A raise of one key.
struct Raise {
    var kind: String
    var subject: String
    var severity: Severity
    var title: String
    var body: String?
    var audience: Addressees

    init(_ notice: StaffNotice, _ audience: Addressees) {
        (kind, subject, severity) = (notice.kind, notice.subject, notice.severity)
        (title, body) = (notice.title, notice.body.flatMap { $0.isEmpty ? nil : $0 })
        self.audience = audience
    }

    init(_ notice: UserNotice) {
        (kind, subject, severity) = (notice.kind, notice.subject, notice.severity)
        (title, body) = (notice.title, notice.body.flatMap { $0.isEmpty ? nil : $0 })
        audience = .users
    }
}

extension Platform {
    /// Raises, repeats, or does nothing that an event tells; nil where there is no room for it. What is checked by nobody else
    /// must fit already.
    mutating func raise(_ raise: Raise, _ draft: inout Draft) throws(HistoryError) -> Reply? {
        if let known = notifications[kind: raise.kind, subject: raise.subject] {
            if known.audience == raise.audience { return try `repeat`(known, raise, &draft) }
            try end(known, .readdressed, &draft)
        }
        guard try makeRoom(for: raise.severity, &draft) else { return nil }
        let id = NotificationID("n\(draft.head + 1)")
        try emit(
            .notificationRaised(
                NotificationRaised(
                    notification: id, kind: raise.kind, subject: raise.subject, audience: raise.audience,
                    severity: raise.severity, title: raise.title, body: raise.body)), &draft)
        return .notified(id, isRecorded: true)
    }

    private mutating func `repeat`(
        _ known: Notification, _ raise: Raise, _ draft: inout Draft
    ) throws(HistoryError) -> Reply {
        let rises = raise.severity > known.severity
        let times = 1 + (untold[known.id] ?? 0)
        guard rises || known.tells(of: times, at: draft.at) else {
            untold[known.id] = times
            return .notified(known.id, isRecorded: false)
        }
        untold[known.id] = nil
        try emit(
            .notificationRepeated(
                NotificationRepeated(
                    notification: known.id, count: known.count + times,
                    severity: rises ? raise.severity : nil, title: raise.title == known.title ? nil : raise.title,
                    body: raise.body == known.body ? nil : raise.body ?? "")), &draft)
        return .notified(known.id, isRecorded: true)
    }

    mutating func end(
        _ record: Notification, _ cause: NotificationResolved.Cause, by: String? = nil, _ draft: inout Draft
    ) throws(HistoryError) {
        try emit(
            .notificationResolved(NotificationResolved(notification: record.id, cause: cause, by: by)), &draft)
    }

    /// Where there are too many, the oldest of the least severe goes; false where all matter more.
    private mutating func makeRoom(for severity: Severity, _ draft: inout Draft) throws(HistoryError) -> Bool {
        guard notifications.openCount >= Self.maximumOpenNotifications else { return true }
        guard let last = notifications.open.last, last.severity <= severity else { return false }
        try end(last, .crowdedOut, &draft)
        return true
    }

    /// What is for people of whom there are none is told to the administrators, as long as it is so: nothing is told to nobody.
    /// Looked at with each change of what is open and of who has which role.
    mutating func settleAudiences(_ draft: inout Draft) throws(HistoryError) {
        let kind = BuiltInKind.noRecipients
        let isTold = rules.audience(of: kind).map { !recipients(of: .staff($0)).isEmpty } ?? false
        let open = notifications.open
        var unheard: Set<String> = []
        for audience in Set(open.map(\.audience)) where isTold && recipients(of: audience).isEmpty {
            unheard.insert(audience.texts.joined(separator: " "))
        }
        for record in open where record.kind == kind.rawValue && !unheard.contains(record.subject) {
            try end(record, .cleared, &draft)
        }
        for subject in unheard.sorted() where notifications[kind: kind.rawValue, subject: subject] == nil {
            try raise(
                kind, subject: subject, title: "There is nobody to be told: \(subject)",
                body: "What is for them is read by nobody. See: interlock user list", &draft)
        }
    }
}
