internal import EventStore
internal import Events

extension RecordedEvent {
    /// The texts, numbers and truths of the payload by name; none of a redacted one.
    var fields: [String: String] {
        guard let payload,
            let raw = try? JSONReader.read(payload, { reader throws(JSONError) in try reader.rawFields() })
        else { return [:] }
        var fields: [String: String] = [:]
        for (name, value) in raw {
            switch value.first {
            case UInt8(ascii: "\"")?:
                fields[name] = try? JSONReader.read(value) { reader throws(JSONError) in try reader.stringValue() }
            case UInt8(ascii: "{")?, UInt8(ascii: "[")?, nil: break
            default: fields[name] = String(decoding: value, as: UTF8.self)
            }
        }
        return fields
    }
}

extension LogScan {
    /// An event's fields; for one of a task also the task's `type` and `app`, and `{task}` is there anyhow.
    func fields(of event: RecordedEvent) throws -> [String: String] {
        var fields = event.fields
        fields["position"] = String(event.position)
        guard let task = fields["task"], fields["type"] == nil, event.type.hasPrefix("task.") else { return fields }
        let first = try stream("task-\(task)", limit: 1).first
        guard case .taskQueued(let order)? = try first?.fact().event else { return fields }
        fields["type"] = order.type
        fields["app"] = order.app
        return fields
    }

    /// How many events led to this one, each to the next; no further than `Reaction.maximumCausationDepth`.
    func causationDepth(of event: RecordedEvent) throws -> Int {
        var (depth, cause) = (0, event.causation)
        while let position = cause, depth <= Reaction.maximumCausationDepth {
            depth += 1
            cause = try self.event(at: position)?.causation
        }
        return depth
    }
}
