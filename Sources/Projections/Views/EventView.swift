public import Events

/// One event as the log keeps it, for `log show` and `log tail`.
public struct LoggedEvent: Sendable {
    /// Its place in the log.
    public var position: Position
    /// Unique, derived from the command.
    public var id: String
    /// The stream that it belongs to.
    public var stream: String
    /// Its place in the stream.
    public var streamVersion: Int
    /// The name of its type.
    public var type: String
    /// The version of its type.
    public var schema: Int
    /// By the database's clock.
    public var at: Timestamp
    /// Who did it.
    public var actor: String
    /// Where.
    public var host: String
    /// What belongs to one errand.
    public var correlation: String?
    /// The event that led to it.
    public var causation: Position?
    /// Canonical JSON; absent when it was redacted.
    public var payload: [UInt8]?
    /// SHA-256 of the payload, in hex.
    public var payloadHash: String?
    /// The link of the chain, in hex.
    public var hash: String?

    /// An event from its columns; what the viewer may see of it is decided by `view(of:for:)`.
    public init(
        position: Position, id: String, stream: String, streamVersion: Int, type: String, schema: Int, at: Timestamp,
        actor: String, host: String, correlation: String? = nil, causation: Position? = nil, payload: [UInt8]?,
        payloadHash: String? = nil, hash: String? = nil
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
        self.payloadHash = payloadHash
        self.hash = hash
    }
}

/// What `log show`, `log tail` and `log export` show of an event.
public func view(of event: LoggedEvent, for viewer: Viewer) -> View {
    View(json: show(event, eventFields, for: viewer))
}

private let eventFields: [Field<LoggedEvent>] = [
    .everyone("position") { event, _ in .integer(event.position) },
    .administrators("id") { event, _ in .string(event.id) },
    .administrators("stream") { event, _ in .string(event.stream) },
    .administrators("streamVersion") { event, _ in .integer(event.streamVersion) },
    .everyone("type") { event, _ in .string(event.type) },
    .everyone("schema") { event, _ in .integer(event.schema) },
    .everyone("at") { event, _ in .known(event.at) },
    .administrators("actor") { event, _ in .string(event.actor) },
    .administrators("host") { event, _ in .string(event.host) },
    .administrators("correlation") { event, _ in .known(event.correlation) },
    .administrators("causation") { event, _ in .known(event.causation) },
    .administrators("data") { event, _ in event.payload.map { .raw($0) } },
    .administrators("payloadHash") { event, _ in .known(event.payloadHash) },
    .administrators("hash") { event, _ in .known(event.hash) },
]
