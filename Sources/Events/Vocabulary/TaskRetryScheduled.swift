/// `task.retry-scheduled`: a further attempt follows; it asks for its locks anew when it is due.
public struct TaskRetryScheduled: EventData {
    /// The task that is queued again.
    public var task: TaskID
    /// The attempt that is going to be made.
    public var attempt: Int
    /// Database time before which it neither starts nor asks for its locks.
    public var notBefore: Timestamp
    /// Who asked for it; absent for a retry that the order allows.
    public var by: String?
    /// What was ordered, where the task was over: it is no part of the state any more.
    public var order: TaskQueued?

    /// A retry as the machine decided it; nothing is checked.
    public init(task: TaskID, attempt: Int, notBefore: Timestamp, by: String? = nil, order: TaskQueued? = nil) {
        self.task = task
        self.attempt = attempt
        self.notBefore = notBefore
        self.by = by
        self.order = order
    }

    /// Throws where `attempt`, `notBefore` or `task` is missing.
    public init(from reader: inout JSONReader) throws(JSONError) {
        attempt = try reader.int("attempt")
        by = try reader.optionalString("by")
        notBefore = try reader.time("notBefore")
        if try reader.find("order") {
            order = try reader.object { fields throws(JSONError) in try TaskQueued(from: &fields) }
        }
        task = TaskID(try reader.string("task"))
    }

    /// Ascending; what is nil is left out.
    public func write(to writer: inout JSONWriter) {
        writer.field("attempt", attempt)
        writer.field("by", by)
        writer.field("notBefore", notBefore.description)
        if let order {
            writer.key("order")
            writer.object { order.write(to: &$0) }
        }
        writer.field("task", task.text)
    }

    /// Without `by` and the texts of the order.
    public var redacted: Self {
        var rest = self
        if by != nil { rest.by = Self.redactedText }
        rest.order = order?.redacted
        return rest
    }
}
