public import Events

/// What `log show` and `log tail --json` show of an event.
public func view(of event: RecordedEvent, for viewer: Viewer) -> View {
    View(event, eventFields, for: viewer)
}

/// What `log export` writes: the same of several, a line each.
public func rendition(of events: [RecordedEvent], for viewer: Viewer) -> Rendition {
    var bytes: [UInt8] = []
    for event in events {
        bytes += view(of: event, for: viewer).text.utf8
        bytes.append(UInt8(ascii: "\n"))
    }
    return Rendition(bytes)
}

/// The same of a line for a person: in place of the data what it says in a few words.
public func view(ofLine event: RecordedEvent, for viewer: Viewer) -> View {
    View(event, eventLineFields, for: viewer)
}

extension RecordedEvent: Viewable {
    var about: Subject { .platform }
}

let eventFields: [Field<RecordedEvent>] = [
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

let eventLineFields: [Field<RecordedEvent>] = [
    .everyone("position") { event, _ in .integer(event.position) },
    .everyone("at") { event, _ in .known(event.at) },
    .everyone("type") { event, _ in .string(event.type) },
    .administrators("what") { event, _ in .string(event.words) },
]
