/// `task.wait-began`: a session waits for a task's end from here on, and for nothing that lies behind it.
public struct TaskWaitBegan: EventData {
    /// Who waits.
    public var session: SessionID
    /// Unfinished.
    public var task: TaskID

    /// A wait as the machine decided it; nothing is checked.
    public init(session: SessionID, task: TaskID) {
        self.session = session
        self.task = task
    }

    /// Throws where a field is missing: there is no optional one.
    public init(from reader: inout JSONReader) throws(JSONError) {
        session = SessionID(try reader.string("session"))
        task = TaskID(try reader.string("task"))
    }

    /// Ascending, always all fields.
    public func write(to writer: inout JSONWriter) {
        writer.field("session", session.text)
        writer.field("task", task.text)
    }

    /// It has no texts.
    public var redacted: Self { self }
}

/// `task.wait-ended`: the task finished, or nobody waits for it there any more.
public struct TaskWaitEnded: EventData {
    /// Who waited.
    public var session: SessionID
    /// For what.
    public var task: TaskID

    /// An end as the machine decided it; nothing is checked.
    public init(session: SessionID, task: TaskID) {
        self.session = session
        self.task = task
    }

    /// Throws where a field is missing: there is no optional one.
    public init(from reader: inout JSONReader) throws(JSONError) {
        session = SessionID(try reader.string("session"))
        task = TaskID(try reader.string("task"))
    }

    /// Ascending, always all fields.
    public func write(to writer: inout JSONWriter) {
        writer.field("session", session.text)
        writer.field("task", task.text)
    }

    /// It has no texts.
    public var redacted: Self { self }
}
