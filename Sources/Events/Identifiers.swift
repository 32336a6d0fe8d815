/// A text that names one thing of one kind; the kind keeps a session from being taken for a task.
public struct Identifier<Kind>: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// As it stands in the log.
    public var text: String

    /// Takes any text: ids are made elsewhere (`NewID`) or read from the log.
    public init(_ text: String) {
        self.text = text
    }

    /// The text alone, for messages and stream names.
    public var description: String { text }

    /// By text, for an order that is the same in every run; only a command's id begins with its time.
    public static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}

/// Marks `SessionID`; has no values.
public enum SessionKind {}
/// Marks `RequestID`; has no values.
public enum RequestKind {}
/// Marks `TaskID`; has no values.
public enum TaskKind {}
/// Marks `RunnerID`; has no values.
public enum RunnerKind {}
/// Marks `NotificationID`; has no values.
public enum NotificationKind {}
/// Marks `CommandID`; has no values.
public enum CommandKind {}

/// One process that may hold locks. Contains the database's id, so that a session of another database is recognised.
public typealias SessionID = Identifier<SessionKind>
/// One request for a set of locks.
public typealias RequestID = Identifier<RequestKind>
/// One order for a piece of work, through all its attempts.
public typealias TaskID = Identifier<TaskKind>
/// One incarnation of the runner service.
public typealias RunnerID = Identifier<RunnerKind>
/// One notification, from its raise to its resolution: `n` and the position of its first event.
public typealias NotificationID = Identifier<NotificationKind>
/// One command; the ids of its events derive from it, so that a repeated append is recognised.
public typealias CommandID = Identifier<CommandKind>

/// The place of an event in the log: dense, 1, 2, 3 …; 0 is before the first. A grant's position is its fencing token.
public typealias Position = Int
