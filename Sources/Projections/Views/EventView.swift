public import Events

/// What `log show`, `log tail` and `log export` show of an event.
public func view(of event: RecordedEvent, for viewer: Viewer) -> View {
    View(json: show(event, eventFields, for: viewer))
}

private let eventFields: [Field<RecordedEvent>] = [
    .everyone("position") { event, _ in .integer(event.position) },
    .administrators("id") { event, _ in .string(event.id) },
    .administrators("stream") { event, _ in .string(event.stream) },
    .administrators("streamVersion") { event, _ in .integer(event.streamVersion) },
    .everyone("type") { event, _ in .string(event.type) },
    .everyone("schema") { event, _ in .integer(event.schema) },
    .everyone("at") { event, _ in .known(event.at) },
    .administrators("actor") { event, _ in .string(event.actor) },
    .administrators("host") { event, _ in .string(event.host) },
    .administrators("correlation") { event, _ in .string(event.correlation) },
    .administrators("causation") { event, _ in .known(event.causation) },
    .administrators("data") { event, _ in event.payload.map { .raw($0) } },
    .administrators("remains") { event, _ in event.remains.map { .raw($0) } },
    .administrators("payloadHash") { event, _ in .string("\(event.payloadHash)") },
    .administrators("hash") { event, _ in .string("\(event.hash)") },
]
