internal import Digest
public import Events

/// A configured reaction: which events it is about, and the task that each of them leads to.
public struct Reaction: Sendable, Equatable {
    /// Where a reaction that is new begins.
    public enum Beginning: Sendable, Equatable {
        /// With what happens from then on.
        case head
        /// With the whole history.
        case start
        /// Behind a position.
        case position(Position)
    }

    /// A value as it stands, or that of a field of the event.
    public enum Value: Sendable, Equatable {
        case literal(String)
        case field(String)
    }

    /// What it is called; its place in the log is kept under it.
    public var name: String
    /// The type of the events.
    public var on: Event.Kind
    /// Fields of the event and the values that they must have.
    public var conditions: [String: String]
    /// The task type to start.
    public var start: String
    /// The app that the task is for.
    public var app: Value?
    /// The task's arguments.
    public var arguments: [String: Value]
    /// Where it begins.
    public var from: Beginning

    /// A name is part of a stream's name, and of a follower's.
    static let maximumNameBytes = 64
    /// What leads to what is followed so far back: a reaction that leads to itself comes to an end.
    public static let maximumCausationDepth = 32
    /// Reactions of a configuration.
    static let maximumCount = 1000
}

extension Reaction {
    /// What is to be started for an event with these fields; nil where it is not about it. The end of an attempt that
    /// another one follows is not the task's end: it counts only where `retry` is asked for.
    func order(for kind: Event.Kind, _ fields: [String: String]) -> (app: String?, arguments: [String: String])? {
        guard kind == on, conditions.allSatisfy({ fields[$0.key] == $0.value }) else { return nil }
        guard fields["retry"] != "true" || conditions["retry"] != nil else { return nil }
        return (app.flatMap { $0.text(fields) }, arguments.compactMapValues { $0.text(fields) })
    }

    /// Under what its answer to an event is given: once, whoever gives it. `retry` is where it was retried.
    func command(at position: Position, retry: Position?) -> CommandID {
        CommandID("reaction-\(Self.digest(name))-\(position)" + (retry.map { "-\($0)" } ?? ""))
    }

    /// Sixteen hexadecimal digits for a name of any length: an event's id has a bound.
    private static func digest(_ name: String) -> String {
        String(SHA256.hash(Array(name.utf8)).description.prefix(16))
    }
}

extension Reaction.Value {
    /// Nil for a field that the event does not have.
    func text(_ fields: [String: String]) -> String? {
        switch self {
        case .literal(let text): text
        case .field(let name): fields[name]
        }
    }
}
