/// `runner.registered`: a runner serves its host from here on; a host has one at a time.
public struct RunnerRegistered: EventData {
    /// New for each start of the service.
    public var runner: RunnerID
    /// The host that it serves, by its name in the log.
    public var host: String
    /// Its own process.
    public var session: SessionID

    /// A registration as the machine decided it; nothing is checked.
    public init(runner: RunnerID, host: String, session: SessionID) {
        self.runner = runner
        self.host = host
        self.session = session
    }

    /// Throws where a field is missing: there is no optional one.
    public init(from reader: inout JSONReader) throws(JSONError) {
        host = try reader.string("host")
        runner = RunnerID(try reader.string("runner"))
        session = SessionID(try reader.string("session"))
    }

    /// Ascending, always all fields.
    public func write(to writer: inout JSONWriter) {
        writer.field("host", host)
        writer.field("runner", runner.text)
        writer.field("session", session.text)
    }

    /// It has no texts.
    public var redacted: Self { self }
}

/// `runner.retired`: its commands are refused from here on.
public struct RunnerRetired: EventData {
    /// Why: it ended itself, it is proven dead, or the log was restored from an older dump.
    public enum Cause: String, Sendable {
        case stopped, dead, restored
    }

    /// The incarnation that serves no more; its host may have another one already.
    public var runner: RunnerID
    /// Why.
    public var cause: Cause

    /// A retirement as the machine decided it; nothing is checked.
    public init(runner: RunnerID, cause: Cause) {
        self.runner = runner
        self.cause = cause
    }

    /// Throws where a field is missing, and for a cause that this program does not know.
    public init(from reader: inout JSONReader) throws(JSONError) {
        cause = try reader.choice("cause")
        runner = RunnerID(try reader.string("runner"))
    }

    /// Ascending, always all fields.
    public func write(to writer: inout JSONWriter) {
        writer.field("cause", cause.rawValue)
        writer.field("runner", runner.text)
    }

    /// It has no texts.
    public var redacted: Self { self }
}
