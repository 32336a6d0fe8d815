public import Digest

/// One event as it stands in the log.
public struct RecordedEvent: Sendable, Equatable {
    /// Dense: the one before it has this less 1, but for a `log.restored`.
    public var position: Position
    /// Derived from the command's id and the event's index in it: unique, so that nothing is appended twice.
    public var id: String
    /// Like `task-ID`; see `Event.stream`.
    public var stream: String
    /// 1, 2, 3 … within the stream.
    public var streamVersion: Int
    /// The contract's name of it, like `lock.granted`; may be one that this program does not know.
    public var type: String
    /// The version of the type's data, from 1.
    public var schema: Int
    /// The database's clock, never below the previous event's.
    public var at: Timestamp
    /// Who gave the command: a user's name, or a runner.
    public var actor: String
    /// Where the command was given, by the host's name in the log.
    public var host: String
    /// The same for all that follows from one request.
    public var correlation: String
    /// The event that led to this one.
    public var causation: Position?
    /// Canonical JSON (RFC 8785); absent when redacted.
    public var payload: [UInt8]?
    /// What a redaction left in place of the payload; absent for all others.
    public var remains: [UInt8]?
    /// SHA-256 of the payload as written; it stays when the payload is redacted.
    public var payloadHash: SHA256.Digest
    /// The chain up to and including this event.
    public var hash: SHA256.Digest

    /// An event from its columns; neither hash is checked.
    public init(
        position: Position, id: String, stream: String, streamVersion: Int, type: String, schema: Int, at: Timestamp,
        actor: String, host: String, correlation: String, causation: Position?, payload: [UInt8]?,
        remains: [UInt8]? = nil, payloadHash: SHA256.Digest, hash: SHA256.Digest
    ) {
        self.position = position
        self.id = id
        self.stream = stream
        self.streamVersion = streamVersion
        self.type = type
        self.schema = schema
        self.at = at
        self.actor = actor
        self.host = host
        self.correlation = correlation
        self.causation = causation
        self.payload = payload
        self.remains = remains
        self.payloadHash = payloadHash
        self.hash = hash
    }

    /// The event with its place, for folding; of a redacted one, what remains. Throws for a type or schema that this
    /// program does not know, and for a payload that is no event of its type.
    public func fact() throws(HistoryError) -> Fact {
        try Self.fact(position, at: at, type: type, schema: schema, payload: payload ?? remains)
    }

    /// The same for one of which no more is known than this.
    public static func fact(
        _ position: Position, at: Timestamp, type: String, schema: Int, payload: [UInt8]?
    ) throws(HistoryError) -> Fact {
        guard let kind = Event.Kind(rawValue: type) else {
            throw HistoryError(position: position, problem: "its type '\(type)' is unknown to this program")
        }
        guard let payload else {
            throw HistoryError(position: position, problem: "its payload is gone")
        }
        do {
            return Fact(
                position: position, at: at, event: try Event(kind: kind, schema: schema, payload: payload))
        } catch {
            throw HistoryError(position: position, problem: "its payload cannot be read: \(error)")
        }
    }
}

extension RecordedEvent {
    /// The same with `remains` in place of its payload; the chain stands as it is.
    public func redacted(to remains: [UInt8]) -> RecordedEvent {
        var event = self
        (event.payload, event.remains) = (nil, remains)
        return event
    }

    /// The hash before the first event.
    public static let genesis = SHA256.Digest.zero

    /// SHA-256(previous ‖ fields): position, id, stream, streamVersion, type, schema, at, actor, host, correlation,
    /// causation, and the payload's hash in hex, each as UTF-8 text behind its length (4 bytes, big-endian; what is
    /// absent has length 0). The payload's hash stands for the payload, so that it can be redacted.
    public func chained(to previous: SHA256.Digest) -> SHA256.Digest {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(384)
        bytes.append(contentsOf: previous.bytes)
        func append(_ text: String) {
            let length = UInt32(text.utf8.count)
            bytes.append(UInt8(truncatingIfNeeded: length >> 24))
            bytes.append(UInt8(truncatingIfNeeded: length >> 16))
            bytes.append(UInt8(truncatingIfNeeded: length >> 8))
            bytes.append(UInt8(truncatingIfNeeded: length))
            bytes.append(contentsOf: text.utf8)
        }
        append(String(position))
        append(id)
        append(stream)
        append(String(streamVersion))
        append(type)
        append(String(schema))
        append(at.description)
        append(actor)
        append(host)
        append(correlation)
        append(causation.map { String($0) } ?? "")
        append(payloadHash.description)
        return SHA256.hash(bytes)
    }
}
