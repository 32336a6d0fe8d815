/// `notification.delivered`: somebody was told, outside the inbox. One message can tell of several: an event each.
public struct NotificationDelivered: EventData {
    /// Which one.
    public var notification: NotificationID
    /// A user's name, or that of a configured webhook.
    public var recipient: String
    /// By what.
    public var channel: Channel
    /// What of it was told.
    public var telling: Telling
    /// The notification at the head of the message, where this one stood below it in a summary.
    public var within: NotificationID?

    /// A delivery as it was seen; nothing is checked.
    public init(
        notification: NotificationID, recipient: String, channel: Channel, telling: Telling,
        within: NotificationID? = nil
    ) {
        self.notification = notification
        self.recipient = recipient
        self.channel = channel
        self.telling = telling
        self.within = within
    }

    /// Throws where a field but `within` is missing.
    public init(from reader: inout JSONReader) throws(JSONError) {
        channel = try reader.choice("channel")
        notification = NotificationID(try reader.string("notification"))
        recipient = try reader.string("recipient")
        telling = try reader.choice("telling")
        within = try reader.optionalString("within").map { NotificationID($0) }
    }

    /// Ascending; what is nil is left out.
    public func write(to writer: inout JSONWriter) {
        writer.field("channel", channel.rawValue)
        writer.field("notification", notification.text)
        writer.field("recipient", recipient)
        writer.field("telling", telling.rawValue)
        writer.field("within", within?.text)
    }

    /// It has no texts: names of users are what the history is about.
    public var redacted: Self { self }
}

/// `notification.delivery-failed`: somebody could not be told; for good, or until the next try. A try that is made again is one
/// event, of the notification at the head of the message.
public struct NotificationDeliveryFailed: EventData {
    /// Which one.
    public var notification: NotificationID
    /// A user's name, or that of a configured webhook.
    public var recipient: String
    /// By what.
    public var channel: Channel
    /// What of it was to be told.
    public var telling: Telling
    /// Why not.
    public var problem: String
    /// True where it is not tried again.
    public var isFinal: Bool
    /// True where it was a mail server that was of no use, whoever the message was for: it counts against no message.
    public var isOfServer: Bool
    /// Which of the tries it was that count against what has waited longest; nil where it counts against nothing, and in older
    /// events, where it is one more than before.
    public var attempt: Int?
    /// When it is tried again, at the earliest; absent where it is not.
    public var notBefore: Timestamp?

    /// A failure as the machine decided it; nothing is checked.
    public init(
        notification: NotificationID, recipient: String, channel: Channel, telling: Telling, problem: String,
        isFinal: Bool, isOfServer: Bool = false, attempt: Int? = nil, notBefore: Timestamp? = nil
    ) {
        self.notification = notification
        self.recipient = recipient
        self.channel = channel
        self.telling = telling
        self.problem = problem
        self.isFinal = isFinal
        self.isOfServer = isOfServer
        self.attempt = attempt
        self.notBefore = notBefore
    }

    /// Throws where a field that older events have too is missing, but for `notBefore`.
    public init(from reader: inout JSONReader) throws(JSONError) {
        attempt = try reader.optionalInt("attempt")
        channel = try reader.choice("channel")
        guard let isFinal = try reader.optionalBool("final") else { throw reader.error("field 'final' is missing") }
        self.isFinal = isFinal
        notBefore = try reader.optionalTime("notBefore")
        notification = NotificationID(try reader.string("notification"))
        isOfServer = try reader.optionalBool("ofServer") ?? false
        problem = try reader.string("problem")
        recipient = try reader.string("recipient")
        telling = try reader.choice("telling")
    }

    /// Ascending; what is nil is left out.
    public func write(to writer: inout JSONWriter) {
        writer.field("attempt", attempt)
        writer.field("channel", channel.rawValue)
        writer.field("final", isFinal)
        writer.field("notBefore", notBefore?.description)
        writer.field("notification", notification.text)
        if isOfServer { writer.field("ofServer", true) }
        writer.field("problem", problem)
        writer.field("recipient", recipient)
        writer.field("telling", telling.rawValue)
    }

    /// Without the words of `problem`.
    public var redacted: Self {
        var rest = self
        rest.problem = Self.redactedText
        return rest
    }
}
