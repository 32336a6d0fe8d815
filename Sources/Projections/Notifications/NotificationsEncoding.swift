import Events

/// The stored form: canonical JSON; nothing for what is not known.
extension Notifications {
    var encoded: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            if !lines.isEmpty {
                writer.objects("lines", lines.sorted { $0.key < $1.key }) { entry, writer in
                    if entry.value.attempts > 0 { writer.field("attempts", entry.value.attempts) }
                    writer.field("channel", entry.key.channel.rawValue)
                    writer.field("failingSince", entry.value.failingSince?.microseconds)
                    writer.field("notBefore", entry.value.notBefore?.microseconds)
                    if entry.value.isOfServer { writer.field("ofServer", true) }
                    writer.field("problem", entry.value.problem)
                    writer.field("recipient", entry.key.recipient)
                    if !entry.value.sent.isEmpty {
                        writer.key("sent")
                        writer.array(entry.value.sent) { $0.value($1.microseconds) }
                    }
                    writer.field("triedSince", entry.value.triedSince?.microseconds)
                    if entry.value.tries > 0 { writer.field("tries", entry.value.tries) }
                }
            }
            if !records.isEmpty {
                writer.objects("notifications", records.values.sorted { $0.position < $1.position }) {
                    $0.write(to: &$1)
                }
            }
        }
        return writer.bytes
    }

    init(encoded: [UInt8]) throws(JSONError) {
        self.init()
        try JSONReader.read(encoded) { reader throws(JSONError) in
            try reader.object { fields throws(JSONError) in try read(&fields) }
        }
    }

    private mutating func read(_ fields: inout JSONReader) throws(JSONError) {
        let lines = try fields.optionalObjects("lines") { fields throws(JSONError) in
            var state = LineState()
            state.attempts = try fields.optionalInt("attempts") ?? 0
            let channel: Channel = try fields.choice("channel")
            state.failingSince = try fields.optionalInt("failingSince").map { Timestamp(microseconds: $0) }
            state.notBefore = try fields.optionalInt("notBefore").map { Timestamp(microseconds: $0) }
            state.isOfServer = try fields.optionalBool("ofServer") ?? false
            state.problem = try fields.optionalString("problem")
            let recipient = try fields.string("recipient")
            if try fields.find("sent") {
                state.sent = try fields.array { element throws(JSONError) in
                    Timestamp(microseconds: try element.intValue())
                }
            }
            state.triedSince = try fields.optionalInt("triedSince").map { Timestamp(microseconds: $0) }
            state.tries = try fields.optionalInt("tries") ?? 0
            return (Line(recipient: recipient, channel: channel), state)
        }
        for (line, state) in lines { insert(line, state) }
        let records = try fields.optionalObjects("notifications") { fields throws(JSONError) in
            try Notification(from: &fields)
        }
        for record in records { insert(record) }
    }
}

extension Notification {
    fileprivate func write(to writer: inout JSONWriter) {
        if let acknowledgement {
            writer.key("acknowledged")
            writer.object {
                $0.field("at", acknowledgement.at.microseconds)
                $0.field("by", acknowledgement.by)
            }
        }
        writer.field("audience", audience)
        writer.field("body", body)
        writer.field("count", count)
        writer.field("firstAt", firstAt.microseconds)
        writer.field("kind", kind)
        writer.field("lastAt", lastAt.microseconds)
        if mattersSince != firstAt { writer.field("mattersSince", mattersSince.microseconds) }
        writer.field("notification", id.text)
        if !outcomes.isEmpty {
            writer.objects("outcomes", outcomes.sorted { $0.key < $1.key }) { $0.value.write($0.key, to: &$1) }
        }
        writer.field("position", position)
        if let resolution {
            writer.key("resolved")
            writer.object {
                $0.field("at", resolution.at.microseconds)
                $0.field("by", resolution.by)
                $0.field("cause", resolution.cause.rawValue)
                $0.field("position", resolution.position)
            }
        }
        writer.field("severity", severity.rawValue)
        writer.field("subject", subject)
        writer.field("title", title)
    }

    fileprivate init(from reader: inout JSONReader) throws(JSONError) {
        let acknowledgement = try reader.optionalObject("acknowledged") { fields throws(JSONError) in
            let at = Timestamp(microseconds: try fields.int("at"))
            return Acknowledgement(by: try fields.string("by"), at: at)
        }
        let (audience, body) = (try reader.addressees("audience"), try reader.optionalString("body"))
        let (count, firstAt) = (try reader.int("count"), Timestamp(microseconds: try reader.int("firstAt")))
        let (kind, lastAt) = (try reader.string("kind"), Timestamp(microseconds: try reader.int("lastAt")))
        let mattersSince = try reader.optionalInt("mattersSince").map { Timestamp(microseconds: $0) }
        let id = NotificationID(try reader.string("notification"))
        let outcomes = try reader.optionalObjects("outcomes") { fields throws(JSONError) in
            try Outcome.read(from: &fields)
        }
        let position = try reader.int("position")
        let resolution = try reader.optionalObject("resolved") { fields throws(JSONError) in
            let (at, by) = (Timestamp(microseconds: try fields.int("at")), try fields.optionalString("by"))
            let cause: NotificationResolved.Cause = try fields.choice("cause")
            return Resolution(cause: cause, by: by, position: try fields.int("position"), at: at)
        }
        let (severity, subject): (Severity, String) = (try reader.choice("severity"), try reader.string("subject"))
        self.init(
            id: id, kind: kind, subject: subject, audience: audience, severity: severity,
            title: try reader.string("title"), body: body, position: position, firstAt: firstAt, lastAt: lastAt,
            count: count)
        (self.acknowledgement, self.resolution) = (acknowledgement, resolution)
        if let mattersSince { self.mattersSince = mattersSince }
        for (line, outcome) in outcomes { self.outcomes[line] = outcome }
    }
}

extension Outcome {
    fileprivate func write(_ line: Line, to writer: inout JSONWriter) {
        writer.field("at", at.microseconds)
        writer.field("channel", line.channel.rawValue)
        writer.field("problem", problem)
        writer.field("recipient", line.recipient)
        writer.field("telling", telling.rawValue)
        writer.field("toldAt", toldAt?.microseconds)
    }

    fileprivate static func read(from reader: inout JSONReader) throws(JSONError) -> (Line, Outcome) {
        var outcome = Outcome()
        outcome.at = Timestamp(microseconds: try reader.int("at"))
        let channel: Channel = try reader.choice("channel")
        outcome.problem = try reader.optionalString("problem")
        let recipient = try reader.string("recipient")
        outcome.telling = try reader.choice("telling")
        outcome.toldAt = try reader.optionalInt("toldAt").map { Timestamp(microseconds: $0) }
        return (Line(recipient: recipient, channel: channel), outcome)
    }
}
