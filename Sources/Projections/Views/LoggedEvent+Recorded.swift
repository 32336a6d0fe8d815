public import Events

extension LoggedEvent {
    /// An event as the log keeps it.
    public init(_ event: RecordedEvent) {
        self.init(
            position: event.position, id: event.id, stream: event.stream, streamVersion: event.streamVersion,
            type: event.type, schema: event.schema, at: event.at, actor: event.actor, host: event.host,
            correlation: event.correlation, causation: event.causation, payload: event.payload,
            payloadHash: "\(event.payloadHash)", hash: "\(event.hash)")
    }
}
