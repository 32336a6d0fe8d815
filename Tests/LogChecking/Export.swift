public import Events

extension RecordedEvent {
    /// The line of an export, as the contract has it.
    public var exported: JSONValue {
        .fields(
            ("position", .integer(position)), ("id", .string(id)), ("stream", .string(stream)),
            ("streamVersion", .integer(streamVersion)), ("type", .string(type)), ("schema", .integer(schema)),
            ("at", .string(at.description)), ("actor", .string(actor)), ("host", .string(host)),
            ("correlation", .string(correlation)), ("causation", causation.map { .integer($0) }),
            ("data", payload.map { .raw($0) }), ("remains", remains.map { .raw($0) }),
            ("payloadHash", .string("\(payloadHash)")),
            ("hash", .string("\(hash)")))
    }
}
