/// Which run of a schedule a task is.
public struct ScheduledRun: Hashable, Sendable {
    /// The host whose schedule it is, by its name in the log.
    public var host: String
    /// The moment for which it was due, by the host's clock; its minute, for `@start` the service's start.
    public var at: Timestamp

    /// A run as it was due.
    public init(host: String, at: Timestamp) {
        self.host = host
        self.at = at
    }

    init(from reader: inout JSONReader) throws(JSONError) {
        at = try reader.time("at")
        host = try reader.string("host")
    }

    func write(to writer: inout JSONWriter) {
        writer.field("at", at.description)
        writer.field("host", host)
    }
}

/// `schedule.configured`: a host runs a type by itself from here on, or no more. A moment that it missed counts from here.
public struct ScheduleConfigured: EventData {
    /// Whose configuration says so.
    public var host: String
    /// The task type.
    public var type: String
    /// As the configuration has it; absent when the type has no schedule any more.
    public var schedule: String?
    /// By the host's clock: no earlier moment was missed.
    public var from: Timestamp

    /// A schedule as it was found in the configuration; nothing is checked.
    public init(host: String, type: String, schedule: String?, from: Timestamp) {
        self.host = host
        self.type = type
        self.schedule = schedule
        self.from = from
    }

    /// Throws where a field but `schedule` is missing.
    public init(from reader: inout JSONReader) throws(JSONError) {
        from = try reader.time("from")
        host = try reader.string("host")
        schedule = try reader.optionalString("schedule")
        type = try reader.string("type")
    }

    /// Ascending; what is nil is left out.
    public func write(to writer: inout JSONWriter) {
        writer.field("from", from.description)
        writer.field("host", host)
        writer.field("schedule", schedule)
        writer.field("type", type)
    }

    /// It has no texts of a person: a schedule is what it says.
    public var redacted: Self { self }
}
