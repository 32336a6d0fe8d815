/// `notification.raised`: something is to be known that was not, or not any more.
public struct NotificationRaised: EventData {
    /// The notification that begins with it.
    public var notification: NotificationID
    /// What sort of thing it is: with `subject` the key, of which one is open at a time.
    public var kind: String
    /// What it is about: an app, a file system, a name.
    public var subject: String
    /// Whom it is for.
    public var audience: Addressees
    /// How much it matters.
    public var severity: Severity
    /// One line.
    public var title: String
    /// What there is to say besides.
    public var body: String?

    /// A raise as the machine decided it; nothing is checked.
    public init(
        notification: NotificationID, kind: String, subject: String, audience: Addressees, severity: Severity,
        title: String, body: String? = nil
    ) {
        self.notification = notification
        self.kind = kind
        self.subject = subject
        self.audience = audience
        self.severity = severity
        self.title = title
        self.body = body
    }

    /// Throws where a field but `body` is missing, and for an audience that is none.
    public init(from reader: inout JSONReader) throws(JSONError) {
        audience = try reader.addressees("audience")
        body = try reader.optionalString("body")
        kind = try reader.string("kind")
        notification = NotificationID(try reader.string("notification"))
        severity = try reader.choice("severity")
        subject = try reader.string("subject")
        title = try reader.string("title")
    }

    /// Ascending; what is nil is left out.
    public func write(to writer: inout JSONWriter) {
        writer.field("audience", audience)
        writer.field("body", body)
        writer.field("kind", kind)
        writer.field("notification", notification.text)
        writer.field("severity", severity.rawValue)
        writer.field("subject", subject)
        writer.field("title", title)
    }

    /// Without the words of `subject`, `title` and `body`.
    public var redacted: Self {
        var rest = self
        (rest.subject, rest.title, rest.body) = (Self.redactedText, Self.redactedText, nil)
        return rest
    }
}

/// `notification.repeated`: the same was raised again, once or several times since the last event that said so.
public struct NotificationRepeated: EventData {
    /// Which one.
    public var notification: NotificationID
    /// How often it was raised by now, the first time included.
    public var count: Int
    /// Where it matters more than before: then it is open again, whoever acknowledged it.
    public var severity: Severity?
    /// The line, where it is another one.
    public var title: String?
    /// The rest, where it is another one; empty for none.
    public var body: String?

    /// A repetition as the machine decided it; nothing is checked.
    public init(
        notification: NotificationID, count: Int, severity: Severity? = nil, title: String? = nil, body: String? = nil
    ) {
        self.notification = notification
        self.count = count
        self.severity = severity
        self.title = title
        self.body = body
    }

    /// Throws where `count` or `notification` is missing.
    public init(from reader: inout JSONReader) throws(JSONError) {
        body = try reader.optionalString("body")
        count = try reader.int("count")
        notification = NotificationID(try reader.string("notification"))
        severity = try reader.optionalChoice("severity")
        title = try reader.optionalString("title")
    }

    /// Ascending; what is nil is left out.
    public func write(to writer: inout JSONWriter) {
        writer.field("body", body)
        writer.field("count", count)
        writer.field("notification", notification.text)
        writer.field("severity", severity?.rawValue)
        writer.field("title", title)
    }

    /// Without the words of `title` and `body`.
    public var redacted: Self {
        var rest = self
        (rest.title, rest.body) = (nil, nil)
        return rest
    }
}

/// `notification.acknowledged`: somebody has seen it, and nobody need be told again unless it gets worse.
public struct NotificationAcknowledged: EventData {
    /// Which one.
    public var notification: NotificationID
    /// A user's name.
    public var by: String

    /// An acknowledgement as the machine decided it; nothing is checked.
    public init(notification: NotificationID, by: String) {
        self.notification = notification
        self.by = by
    }

    /// Throws where a field is missing: there is no optional one.
    public init(from reader: inout JSONReader) throws(JSONError) {
        by = try reader.string("by")
        notification = NotificationID(try reader.string("notification"))
    }

    /// Ascending, always all fields.
    public func write(to writer: inout JSONWriter) {
        writer.field("by", by)
        writer.field("notification", notification.text)
    }

    /// Without `by`.
    public var redacted: Self { Self(notification: notification, by: Self.redactedText) }
}

/// `notification.resolved`: it is over. The next raise of its key is another notification.
public struct NotificationResolved: EventData {
    /// Why it is over.
    public enum Cause: String, Sendable, Hashable, CaseIterable {
        /// Somebody said so.
        case requested
        /// What it was about is so no more.
        case cleared
        /// The same was raised for other people: what these are told the former must not see.
        case readdressed
        /// There were too many, and it was the oldest of the least severe.
        case crowdedOut = "crowded-out"
    }

    /// Which one.
    public var notification: NotificationID
    /// Why.
    public var cause: Cause
    /// A user's name, where somebody said so.
    public var by: String?

    /// An end as the machine decided it; nothing is checked.
    public init(notification: NotificationID, cause: Cause, by: String? = nil) {
        self.notification = notification
        self.cause = cause
        self.by = by
    }

    /// Throws where `cause` or `notification` is missing.
    public init(from reader: inout JSONReader) throws(JSONError) {
        by = try reader.optionalString("by")
        cause = try reader.choice("cause")
        notification = NotificationID(try reader.string("notification"))
    }

    /// Ascending; what is nil is left out.
    public func write(to writer: inout JSONWriter) {
        writer.field("by", by)
        writer.field("cause", cause.rawValue)
        writer.field("notification", notification.text)
    }

    /// Without `by`.
    public var redacted: Self { Self(notification: notification, cause: cause) }
}

extension JSONReader {
    /// Throws where it is missing or names nobody.
    package mutating func addressees(_ name: String) throws(JSONError) -> Addressees {
        let texts = try optionalStrings(name)
        guard let addressees = Addressees(texts) else { throw error("\(texts) is no \(name)") }
        return addressees
    }

    /// Nil where it is missing; throws for a word that this program does not know.
    package mutating func optionalChoice<Choice: RawRepresentable<String>>(
        _ name: String
    ) throws(JSONError) -> Choice? {
        guard let word = try optionalString(name) else { return nil }
        guard let choice = Choice(rawValue: word) else { throw error("'\(word)' is no known \(name)") }
        return choice
    }
}

extension JSONWriter {
    /// As the log names them.
    package mutating func field(_ name: String, _ addressees: Addressees) {
        key(name)
        array(addressees.texts) { $0.value($1) }
    }
}
