/// `app.registered`: the platform has an app of this id from here on.
public struct AppRegistered: EventData {
    /// The platform's name for it; that of a removed app may come again.
    public var app: String
    /// What is known of it.
    public var settings: AppSettings

    /// A registration as the machine decided it; nothing is checked.
    public init(app: String, settings: AppSettings) {
        self.app = app
        self.settings = settings
    }

    /// Throws where `app` or `domain` is missing.
    public init(from reader: inout JSONReader) throws(JSONError) {
        app = try reader.string("app")
        settings = try AppSettings(from: &reader)
    }

    /// Ascending; what is nil, empty or as usual is left out.
    public func write(to writer: inout JSONWriter) {
        writer.field("app", app)
        settings.write(to: &writer)
    }

    /// Without the notes, the operators and `mailFrom`.
    public var redacted: Self {
        var rest = self
        (rest.settings.notes, rest.settings.operators, rest.settings.mailFrom) = (nil, [], nil)
        return rest
    }
}

/// `app.changed`: these of its settings are different from here on.
public struct AppChanged: EventData {
    /// Which one.
    public var app: String
    /// Never empty.
    public var changes: AppChanges

    /// A change as the machine decided it; nothing is checked.
    public init(app: String, changes: AppChanges) {
        self.app = app
        self.changes = changes
    }

    /// Throws where `app` is missing.
    public init(from reader: inout JSONReader) throws(JSONError) {
        app = try reader.string("app")
        changes = try AppChanges(from: &reader)
    }

    /// Ascending; what does not change is left out.
    public func write(to writer: inout JSONWriter) {
        writer.field("app", app)
        changes.write(to: &writer)
    }

    /// Without the notes, the operators and `mailFrom`.
    public var redacted: Self {
        var rest = self
        (rest.changes.notes, rest.changes.operators, rest.changes.mailFrom) = (nil, nil, nil)
        return rest
    }
}

/// `app.removed`.
public struct AppRemoved: EventData {
    /// Which one.
    public var app: String

    /// A removal as the machine decided it; nothing is checked.
    public init(app: String) {
        self.app = app
    }

    /// Throws where `app` is missing.
    public init(from reader: inout JSONReader) throws(JSONError) {
        app = try reader.string("app")
    }

    /// Its one field.
    public func write(to writer: inout JSONWriter) {
        writer.field("app", app)
    }

    /// It has no texts.
    public var redacted: Self { self }
}

/// `app.reconfiguring`: a task is about to give the app these values. `app.reconfigured`: it has, and ended well.
public struct AppReconfiguration: EventData {
    /// Which one.
    public var app: String
    /// The name of the mail server that it is given; absent where it is given no mail.
    public var mailServer: String?
    /// The address that it is told to send from; absent where it is given no mail.
    public var mailFrom: String?
    /// Of the mail server's name when the values are written; 0 while it has none.
    public var generation: Int
    /// The one that does it.
    public var task: TaskID

    /// Values as the machine has them before the task's command starts; nothing is checked.
    public init(app: String, mailServer: String?, mailFrom: String?, generation: Int, task: TaskID) {
        self.app = app
        self.mailServer = mailServer
        self.mailFrom = mailFrom
        self.generation = generation
        self.task = task
    }

    /// Throws where `app`, `generation` or `task` is missing.
    public init(from reader: inout JSONReader) throws(JSONError) {
        app = try reader.string("app")
        generation = try reader.int("generation")
        mailFrom = try reader.optionalString("mailFrom")
        mailServer = try reader.optionalString("mailServer")
        task = TaskID(try reader.string("task"))
    }

    /// Ascending; what is nil is left out.
    public func write(to writer: inout JSONWriter) {
        writer.field("app", app)
        writer.field("generation", generation)
        writer.field("mailFrom", mailFrom)
        writer.field("mailServer", mailServer)
        writer.field("task", task.text)
    }

    /// Without `mailFrom`.
    public var redacted: Self {
        var rest = self
        rest.mailFrom = nil
        return rest
    }
}

/// `app.reconfigure-failed`: the task that was to give the app its values did not end well, after all its attempts. It is
/// tried again later.
public struct AppReconfigureFailed: EventData {
    /// Which one.
    public var app: String
    /// The one that failed.
    public var task: TaskID
    /// Its outcome with the evidence, as a sentence.
    public var problem: String

    /// A failure as the machine saw it; nothing is checked.
    public init(app: String, task: TaskID, problem: String) {
        self.app = app
        self.task = task
        self.problem = problem
    }

    /// Throws where a field is missing: there is no optional one.
    public init(from reader: inout JSONReader) throws(JSONError) {
        app = try reader.string("app")
        problem = try reader.string("problem")
        task = TaskID(try reader.string("task"))
    }

    /// Ascending, always all fields.
    public func write(to writer: inout JSONWriter) {
        writer.field("app", app)
        writer.field("problem", problem)
        writer.field("task", task.text)
    }

    /// Without `problem`.
    public var redacted: Self {
        var rest = self
        rest.problem = Self.redactedText
        return rest
    }
}
