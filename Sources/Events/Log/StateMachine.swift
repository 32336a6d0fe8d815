/// One event at its place: what a state machine is folded over.
public struct Fact: Sendable, Equatable {
    /// Its place in the log, and the fencing token where it is a grant.
    public var position: Position
    /// The database's clock, never below the previous event's.
    public var at: Timestamp
    /// What happened.
    public var event: Event

    /// An event with its place and time; nothing is checked.
    public init(position: Position, at: Timestamp, event: Event) {
        self.position = position
        self.at = at
        self.event = event
    }
}

/// State is a fold over the log; a command becomes events or is refused. No clock, no randomness and no I/O inside: time,
/// ids and liveness come in with the command. The same machine runs live, in replay, in simulation and in tests.
public protocol StateMachine: Sendable {
    associatedtype Command: Sendable
    /// What the one who gave the command is told, beside the positions of its events.
    associatedtype Reply: Sendable

    /// The state before the first event.
    init()

    /// What follows from one event that happened. Throws where the event does not fit the state: a history that today's
    /// rules do not allow, or a damaged log.
    mutating func evolve(_ fact: Fact) throws(HistoryError)

    /// Turns a command into events: each is given to `draft`, which tells its position, and is evolved here, in the
    /// order in which it is appended. What is refused throws before the first event is drafted. An answer without events
    /// (a lock that is busy) drafts none.
    ///
    /// Where it drafts a `log.redacted`, the log erases the payload that this names, in the same transaction.
    mutating func decide(_ command: Command, into draft: inout Draft) throws -> Reply

    /// The event that a command is about and that its decision has to see: the log puts it into `Draft.subject`.
    static func subject(of command: Command) -> Position?
}

extension StateMachine {
    /// Nearly all are decided by the state alone.
    public static func subject(of command: Command) -> Position? { nil }
}

/// An event that does not fit the state it is folded into.
public struct HistoryError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Of the event that does not fit, or cannot be read.
    public var position: Position
    /// Why, as a clause for a person.
    public var problem: String

    /// An error at an event's place.
    public init(position: Position, problem: String) {
        self.position = position
        self.problem = problem
    }

    /// One sentence with the position.
    public var description: String { "event \(position) does not fit the state before it: \(problem)" }
}

/// The events that one transaction is going to append, with the positions they will have: the head of the log is locked
/// while commands are decided.
public struct Draft: Sendable {
    /// The time of all events of this transaction.
    public let at: Timestamp
    /// The position of the last event drafted; the log's head while there is none.
    public private(set) var head: Position
    /// What was drafted, in order, for all commands of the transaction.
    public private(set) var facts: [Fact] = []
    /// The event that the command at hand is about (`StateMachine.subject`), as it stands in the log while the head is
    /// locked; nil where there is none.
    public var subject: RecordedEvent?

    /// Begins behind `head`, which must be locked until the draft is appended or dropped.
    public init(after head: Position, at: Timestamp) {
        self.head = head
        self.at = at
    }

    /// The positions of what was drafted since there were `count` facts; empty where there is none.
    public func positions(since count: Int) -> Range<Position> {
        guard facts.count > count else { return head + 1..<head + 1 }
        return facts[count].position..<head + 1
    }

    /// Gives `event` its position; the caller evolves its state by what is returned.
    public mutating func append(_ event: Event) -> Fact {
        append(event, at: head + 1)
    }

    /// Leaves out the positions between: for a `log.restored` alone.
    public mutating func append(_ event: Event, at position: Position) -> Fact {
        head = position
        let fact = Fact(position: head, at: at, event: event)
        facts.append(fact)
        return fact
    }
}

/// A machine whose state can be stored beside the log, as named projections that are all taken at one position.
public protocol StoredMachine: StateMachine {
    static var projectionNames: [String] { get }

    /// The projection that an event of this kind moves.
    static func projection(of kind: Event.Kind) -> String

    /// Canonical JSON: equal states give equal bytes.
    func encodeProjection(_ name: String) -> [UInt8]

    /// The state from its projections; throws for bytes that are none.
    init(projections: [String: [UInt8]]) throws

    /// True for an answer on which somebody may act outside the database, though it was others who appended what it tells:
    /// that has to be durable first (design §3.6).
    static func tellsOfOthers(_ reply: Reply) -> Bool

    /// True as long as a task is unfinished that was given secrets: so long they are kept.
    func needsSecrets(of task: TaskID) -> Bool
}

extension StoredMachine {
    /// Any answer, where the machine does not say.
    public static func tellsOfOthers(_ reply: Reply) -> Bool { true }

    /// A machine without tasks needs none.
    public func needsSecrets(of task: TaskID) -> Bool { false }
}
