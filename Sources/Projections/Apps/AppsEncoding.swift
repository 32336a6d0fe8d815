import Events

/// The stored form: canonical JSON, apps by id. What an app began with is not written.
extension Apps {
    var encoded: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            if !records.isEmpty { writer.objects("apps", all) { $0.write(to: &$1) } }
        }
        return writer.bytes
    }

    init(encoded: [UInt8]) throws(JSONError) {
        let apps = try JSONReader.read(encoded) { reader throws(JSONError) in
            try reader.object { fields throws(JSONError) in
                try fields.optionalObjects("apps") { fields throws(JSONError) in try AppRecord(from: &fields) }
            }
        }
        for app in apps { insert(app) }
    }
}

extension AppRecord {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.field("app", id)
        if let applied {
            writer.key("applied")
            writer.object {
                $0.field("from", applied.from)
                $0.field("server", applied.server)
            }
        }
        if let appliedBy {
            writer.key("appliedBy")
            writer.object {
                $0.field("at", appliedBy.at.microseconds)
                $0.field("generation", appliedBy.generation)
                $0.field("task", appliedBy.task.text)
            }
        }
        if let failure {
            writer.key("failure")
            writer.object {
                $0.field("at", failure.at.microseconds)
                $0.field("count", failure.count)
                $0.field("problem", failure.problem)
                $0.field("task", failure.task.text)
            }
        }
        if let giving {
            writer.key("giving")
            writer.object { giving.write(to: &$0) }
        }
        writer.field("registeredAt", registeredAt.microseconds)
        writer.key("settings")
        writer.object { settings.write(to: &$0) }
    }

    fileprivate init(from reader: inout JSONReader) throws(JSONError) {
        let id = try reader.string("app")
        let applied = try reader.optionalObject("applied") { fields throws(JSONError) in
            let from = try fields.string("from")
            return AppMail(server: try fields.string("server"), from: from)
        }
        let appliedBy = try reader.optionalObject("appliedBy") { fields throws(JSONError) in
            let (at, generation) = (try fields.int("at"), try fields.int("generation"))
            return Application(
                task: TaskID(try fields.string("task")), generation: generation, at: Timestamp(microseconds: at))
        }
        let failure = try reader.optionalObject("failure") { fields throws(JSONError) in
            let (at, count) = (try fields.int("at"), try fields.int("count"))
            let problem = try fields.string("problem")
            return Failure(
                task: TaskID(try fields.string("task")), problem: problem, at: Timestamp(microseconds: at),
                count: count)
        }
        let giving = try reader.optionalObject("giving") { fields throws(JSONError) in
            try AppReconfiguration(from: &fields)
        }
        let registeredAt = Timestamp(microseconds: try reader.int("registeredAt"))
        let settings = try reader.optionalObject("settings") { fields throws(JSONError) in
            try AppSettings(from: &fields)
        }
        guard let settings else { throw reader.error("field 'settings' is missing") }
        self.init(
            id: id, settings: settings, registeredAt: registeredAt, applied: applied, appliedBy: appliedBy,
            giving: giving, failure: failure)
    }
}
