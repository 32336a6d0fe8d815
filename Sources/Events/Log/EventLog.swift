public import Digest

/// A command on its way into the log.
public struct Submission<Command: Sendable>: Sendable {
    /// A repetition carries the same id: what already landed is answered, not appended again.
    public var id: CommandID
    /// What is to be decided.
    public var command: Command
    /// Who gives it: a user's name, or `runner`. Stands in each of its events.
    public var actor: String
    /// Where it is given: the host's name in the log.
    public var host: String
    /// What it belongs to; its own id when nothing is given.
    public var correlation: String?
    /// The event that led to it.
    public var causation: Position?
    /// What is to be kept beside the log with its events, in the same transaction, and never in them.
    public var secrets: [SealedSecret]

    /// A command ready to be given; nothing is checked.
    public init(
        id: CommandID, command: Command, actor: String, host: String, correlation: String? = nil,
        causation: Position? = nil, secrets: [SealedSecret] = []
    ) {
        self.id = id
        self.command = command
        self.actor = actor
        self.host = host
        self.correlation = correlation
        self.causation = causation
        self.secrets = secrets
    }
}

/// The value of a task's secret argument, encrypted. It is kept as long as the task is unfinished.
public struct SealedSecret: Sendable, Equatable {
    /// Whose it is.
    public var task: TaskID
    /// The argument's name.
    public var name: String
    /// What only the key of the task's host opens.
    public var bytes: [UInt8]

    /// A value that is encrypted already.
    public init(task: TaskID, name: String, bytes: [UInt8]) {
        self.task = task
        self.name = name
        self.bytes = bytes
    }
}

/// The answer to a command. Its events are durable when it is given.
public struct Receipt<Reply: Sendable>: Sendable {
    /// What the machine said of it.
    public var reply: Reply
    /// From the first to the last event it appended; empty for an answer without events.
    public var positions: Range<Position>

    /// Made by the log alone, once the events are durable.
    public init(reply: Reply, positions: Range<Position>) {
        self.reply = reply
        self.positions = positions
    }
}

/// The end of the log.
public struct Head: Sendable, Equatable {
    /// Of the last event; 0 in an empty log.
    public var position: Position
    /// The tip of the hash chain.
    public var hash: SHA256.Digest

    /// A place with the chain's hash there.
    public init(position: Position, hash: SHA256.Digest) {
        self.position = position
        self.hash = hash
    }

    /// Where every log begins: before position 1, with 32 zero bytes for a hash.
    public static let empty = Head(position: 0, hash: RecordedEvent.genesis)
}

/// A log of events with the state that follows from it. All implementations pass one conformance suite.
///
/// Commands are decided one after the other, each against the state after the one before it, and each is all or nothing:
/// a refusal is thrown to its caller and touches no other. When `submit` returns, the events are durable. Events are read
/// in the order of their positions, without holes.
public protocol EventLog<Machine>: Sendable {
    associatedtype Machine: StateMachine

    /// Decides and appends. Throws what `Machine.decide` throws, and `AlreadyAppended` for a command whose id is in the
    /// log; anything else is the log's own trouble.
    func submit(_ submission: Submission<Machine.Command>) async throws -> Receipt<Machine.Reply>

    func head() async throws -> Head

    /// The events behind `position`, at most `limit`; none when it is the head.
    func events(after position: Position, limit: Int) async throws -> [RecordedEvent]

    /// Looks at the state at the head; `body` runs while no command is decided, so it must be brief.
    func inspect<Answer: Sendable>(
        _ body: @Sendable (Machine, Position) throws -> Answer
    ) async throws -> Answer
}

/// Gives the drafted events of a transaction everything that an event carries: the chain goes on from `head`.
///
/// `nextVersion` tells the next version of a stream and is asked once an event, in order.
public struct Recorder {
    /// The place of the last event recorded.
    public private(set) var head: Head
    /// What was recorded, in order, for all commands of the transaction.
    public private(set) var events: [RecordedEvent] = []

    /// Goes on behind `head`, which must be locked until what is recorded is appended.
    public init(after head: Head) {
        self.head = head
    }

    /// Records the events that one command drafted. The first is caused by what caused the command, the others by it.
    public mutating func record<Command>(
        _ facts: ArraySlice<Fact>, of submission: Submission<Command>, nextVersion: (Event) throws -> Int
    ) rethrows {
        let correlation = submission.correlation ?? submission.id.text
        for (index, fact) in facts.enumerated() {
            let kind = fact.event.kind
            let payload = fact.event.payload
            var event = RecordedEvent(
                position: fact.position, id: Self.eventID(submission.id, index), stream: fact.event.stream,
                streamVersion: try nextVersion(fact.event), type: kind.rawValue, schema: kind.schema, at: fact.at,
                actor: submission.actor, host: submission.host, correlation: correlation,
                causation: index == 0 ? submission.causation : facts.first?.position, payload: payload,
                payloadHash: SHA256.hash(payload), hash: RecordedEvent.genesis)
            event.hash = event.chained(to: head.hash)
            head = Head(position: event.position, hash: event.hash)
            events.append(event)
        }
    }

    /// The id of a command's event.
    public static func eventID(_ command: CommandID, _ index: Int) -> String {
        "\(command.text).\(index)"
    }
}
