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

    /// A message is given up when it has failed so often.
    public static let maximumDeliveryAttempts = 14
    /// Before the second try, in milliseconds. It doubles with each, up to `longestBackoff`.
    static let deliveryBackoff = 30_000
    /// The longest that the other side may make us wait, in microseconds.
    static let longestRetryAfter = longestBackoff
    /// A server that has been of no use in so many tries of one message is told of: a minute and a half at least, so that one that
    /// starts anew is nobody's business.
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
        for subject in Set([message.line.words, Self.server(of: message.line)]) {
            let trouble = notifications[kind: BuiltInKind.deliveryFailed.rawValue, subject: subject]
            if let trouble { try end(trouble, .cleared, &draft) }
        }
        return .done
    }

    /// Tried again later, unless it is final or was tried often enough; then that is a notification itself. So is trouble of the
    /// server, much earlier. `jitter` spreads the tries, in thousandths of half the time until the next one.
    mutating func deliveryFailed(
        _ message: Message, _ failure: DeliveryFailure, _ jitter: Int, _ runner: RunnerID, _ draft: inout Draft
    ) throws -> Reply {
        try checkOutbox(runner)
        guard isSame(message) else { return .done }
        let line = message.line
        let problem = String(decoding: failure.problem.utf8.prefix(Self.maximumText), as: UTF8.self)
        let attempt = notifications.state(of: line).attempts + 1
        let isOver = failure.isFinal || attempt >= Self.maximumDeliveryAttempts
        let delay = max(
            Self.delay(before: attempt + 1, backoff: Self.deliveryBackoff, jitter: jitter),
            min(failure.retryAfter ?? 0, Self.longestRetryAfter))
        for item in isOver ? message.items[...] : message.items.prefix(1) {
            try emit(
                .notificationDeliveryFailed(
                    NotificationDeliveryFailed(
                        notification: item.notification, recipient: line.recipient, channel: line.channel,
                        telling: item.telling, problem: problem, isFinal: isOver,
                        notBefore: isOver ? nil : Timestamp(microseconds: draft.at.microseconds + delay).writable)),
                &draft)
        }
        if isOver {
            try raise(.deliveryFailed, subject: line.words, title: "\(line.words) failed", body: problem, &draft)
        } else if attempt >= Self.attemptsUntilTold, failure.isOfServer || line.channel == .webhook {
            let subject = Self.server(of: line)
            let title = "\(subject) fails, and is tried again"
            try raise(.deliveryFailed, subject: subject, title: title, body: problem, &draft)
        }
        return .done
    }

    /// What is of no use where a server is: all mail goes by one, and a webhook is its own.
    private static func server(of line: Line) -> String {
        line.channel == .webhook ? line.words : line.channel.rawValue
    }

    /// False where who was written to has been removed, and somebody else has come by his name.
    private func isSame(_ message: Message) -> Bool {
        guard message.line.channel != .webhook, let user = users[message.line.recipient] else { return true }
        return user.addedAt == message.since
    }

    private func checkOutbox(_ id: RunnerID) throws {
        guard tasks.runner(id) != nil else {
            throw Refusal(.noSuchRunner, "Runner \(id) is not registered any more.")
        }
        guard holdsOutbox(id) else { throw Refusal(.noSuchToken, "Runner \(id) does not hold \(Self.outbox).") }
    }
}
