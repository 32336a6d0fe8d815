public import Events

/// Telling people: what came of it. Only by the runner that holds the outbox.
extension Platform {
    /// Who holds this path exclusively delivers, and nobody else: a lease that ends with its holder.
    public static let outbox = LockPath("/notifications/outbox") ?? .root
    /// True for the runner that delivers.
    public func holdsOutbox(_ id: RunnerID) -> Bool {
        guard let runner = tasks.runner(id) else { return false }
        return locks.grants(of: runner.session).contains { grant in
            grant.locks.contains { $0.mode == .exclusive && $0.path.covers(Self.outbox) }
        }
    }

    /// A message is given up when it has failed so often, by no fault of the mail server.
    public static let maximumDeliveryAttempts = 14
    /// Before the second try, in milliseconds. It doubles with each, up to `longestBackoff`.
    static let deliveryBackoff = 30_000
    /// The longest time between two tries while it is the mail server that is of no use, in microseconds: nobody waits long once it
    /// is back.
    static let longestServerBackoff = 600_000_000
    /// The longest that the other side may make us wait, in microseconds.
    static let longestRetryAfter = longestBackoff
    /// A server that has been of no use so often in a row to one recipient is told of: behind a minute and a half at least, so that one
    /// that starts anew is nobody's business.
    static let attemptsUntilTold = 3

    /// What was told is recorded, also where nobody would be told of it by now; not where the name is another's by now, who was
    /// told nothing.
    mutating func delivered(_ message: Message, _ runner: RunnerID, _ draft: inout Draft) throws -> Reply {
        try checkOutbox(runner)
        guard isSame(message) else { return .done }
        let head = message.items.first?.notification
        for item in message.items {
            try emit(
                .notificationDelivered(
                    NotificationDelivered(
                        notification: item.notification, recipient: message.line.recipient,
                        channel: message.line.channel, telling: item.telling,
                        within: item.notification == head ? nil : head)), &draft)
        }
        for subject in Set([message.line.words, Self.server(of: message.line)]) { try endTrouble(subject, &draft) }
        return .done
    }

    /// What was told of trouble with this way alone is over.
    mutating func endTrouble(_ line: Line, _ draft: inout Draft) throws(HistoryError) {
        guard try endTrouble(line.words, &draft) else { return }
        try settleAudiences(&draft)
    }

    @discardableResult
    private mutating func endTrouble(_ subject: String, _ draft: inout Draft) throws(HistoryError) -> Bool {
        guard let trouble = notifications[kind: BuiltInKind.deliveryFailed.rawValue, subject: subject] else {
            return false
        }
        try end(trouble, .cleared, &draft)
        return true
    }

    /// Tried again later, unless it is final; what was tried often enough is given up, and that is a notification itself. So is
    /// trouble of the server, much earlier: that counts against no message. `jitter` spreads the tries, in thousandths of half the
    /// time until the next one.
    mutating func deliveryFailed(
        _ message: Message, _ failure: DeliveryFailure, _ jitter: Int, _ runner: RunnerID, _ draft: inout Draft
    ) throws -> Reply {
        try checkOutbox(runner)
        let line = message.line
        // Nothing more arrives at who was removed meanwhile: his trouble would never end.
        guard isSame(message), line.channel == .webhook || users[line.recipient] != nil else { return .done }
        var next = NextFailure(message, failure, self)
        let givenUp = next.givenUp(of: message, failure, self)
        let rest = message.items.filter { !givenUp.contains($0) }
        if !givenUp.isEmpty { next = NextFailure(isOfServer: next.isOfServer) }
        let problem = String(decoding: failure.problem.utf8.prefix(Self.maximumText), as: UTF8.self)
        var data = NotificationDeliveryFailed(
            notification: NotificationID(""), recipient: line.recipient, channel: line.channel, telling: .info,
            problem: problem, isFinal: true, isOfServer: next.isOfServer)
        for item in givenUp {
            (data.notification, data.telling) = (item.notification, item.telling)
            try emit(.notificationDeliveryFailed(data), &draft)
        }
        if let head = rest.first {
            (data.notification, data.telling, data.isFinal) = (head.notification, head.telling, false)
            let delay = next.delay(jitter, retryAfter: failure.retryAfter)
            data.attempt = next.isOfServer ? nil : next.tries
            data.notBefore = Timestamp(microseconds: draft.at.microseconds + delay).writable
            try emit(.notificationDeliveryFailed(data), &draft)
        }
        // What the other side says may name addresses, and a rule can redirect the kind.
        let hint = "See: interlock notification deliveries"
        if !givenUp.isEmpty {
            try raise(.deliveryFailed, subject: line.words, title: "\(line.words) failed", body: hint, &draft)
        } else if next.attempts >= Self.attemptsUntilTold, line.channel == .webhook || next.isOfServer {
            let subject = Self.server(of: line)
            let title = "\(subject) fails, and is tried again"
            try raise(.deliveryFailed, subject: subject, title: title, body: hint, &draft)
        }
        return .done
    }

    /// What is of no use where a server is: all mail goes by one, and a webhook is its own.
    private static func server(of line: Line) -> String {
        line.channel == .webhook ? line.words : line.channel.rawValue
    }

    /// False where who was written to has another address, or has been removed and somebody else has come by his name.
    private func isSame(_ message: Message) -> Bool {
        guard message.line.channel != .webhook, let user = users[message.line.recipient] else { return true }
        return user.addressSince == message.since
    }

    private func checkOutbox(_ id: RunnerID) throws {
        guard tasks.runner(id) != nil else {
            throw Refusal(.noSuchRunner, "Runner \(id) is not registered any more.")
        }
        guard holdsOutbox(id) else { throw Refusal(.noSuchToken, "Runner \(id) does not hold \(Self.outbox).") }
    }
}

/// What a failure comes to.
private struct NextFailure {
    /// How many in a row it makes.
    var attempts = 1
    /// How many of these count against what has waited longest, and since when; nil where it is the first.
    var (tries, triedSince): (Int, Timestamp?) = (1, nil)
    /// True where it was the mail server, whoever the message was for: it counts against nothing.
    var isOfServer: Bool

    init(isOfServer: Bool) { self.isOfServer = isOfServer }

    /// Where mail reached anybody since he fails it is he alone who is not served. The tries begin anew when nothing waits any more
    /// of what waited at the first of them.
    init(_ message: Message, _ failure: DeliveryFailure, _ platform: Platform) {
        let state = platform.state(of: message.line)
        let servesOthers = state.failingSince.map { platform.notifications.hasMailed(since: $0) } ?? false
        self.init(isOfServer: failure.isOfServer && message.line.channel == .mail && !servesOthers)
        attempts = state.attempts + 1
        guard let since = state.triedSince, message.items.contains(where: { platform.owedSince($0) <= since }) else {
            return
        }
        (tries, triedSince) = (state.tries + 1, since)
    }

    /// What has been tried often enough: each by itself, so that what came later has as many tries.
    func givenUp(of message: Message, _ failure: DeliveryFailure, _ platform: Platform) -> [Message.Item] {
        guard !failure.isFinal else { return message.items }
        guard !isOfServer, tries >= Platform.maximumDeliveryAttempts, let triedSince else { return [] }
        return message.items.filter { platform.owedSince($0) <= triedSince }
    }

    /// Until the next try, in microseconds.
    func delay(_ jitter: Int, retryAfter: Int?) -> Int {
        let own = Platform.delay(before: attempts + 1, backoff: Platform.deliveryBackoff, jitter: jitter)
        let asked = min(retryAfter ?? 0, Platform.longestRetryAfter)
        return isOfServer ? min(max(own, asked), Platform.longestServerBackoff) : max(own, asked)
    }
}

extension Platform {
    /// Since when it has been owed; of what is forgotten nobody knows, and it is older than all.
    fileprivate func owedSince(_ item: Message.Item) -> Timestamp {
        let record = notifications[item.notification]
        let since = item.telling == .resolved ? record?.resolution?.at : record?.mattersSince
        return since ?? Timestamp(microseconds: .min)
    }
}
