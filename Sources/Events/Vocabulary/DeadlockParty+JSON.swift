/// As `lock.refused` carries it; the same names as in the answer of `deadlock list`.
extension DeadlockParty {
    init(from reader: inout JSONReader) throws(JSONError) {
        guard try reader.find("holder") else { throw reader.error("field 'holder' is missing") }
        holder = try reader.object { fields throws(JSONError) in try Holder(from: &fields) }
        if try reader.find("holds") {
            holds = try reader.object { fields throws(JSONError) in try Holding(from: &fields) }
        }
        session = try reader.optionalString("session").map(SessionID.init)
        guard try reader.find("wants") else { throw reader.error("field 'wants' is missing") }
        (wants, since) = try reader.object { fields throws(JSONError) in try Want.read(from: &fields) }
    }

    func write(to writer: inout JSONWriter) {
        writer.key("holder")
        writer.object { holder.write(to: &$0) }
        if let holds {
            writer.key("holds")
            writer.object { holds.write(to: &$0) }
        }
        writer.field("session", session?.text)
        writer.key("wants")
        writer.object { wants.write(to: &$0, since: since) }
    }
}

extension DeadlockParty.Holder {
    fileprivate init(from reader: inout JSONReader) throws(JSONError) {
        host = try reader.optionalString("host")
        label = try reader.optionalString("label")
        pid = try reader.optionalInt("pid")
        program = try reader.optionalString("program")
        task = try reader.optionalString("task").map(TaskID.init)
        user = try reader.optionalString("user")
    }

    fileprivate func write(to writer: inout JSONWriter) {
        writer.field("host", host)
        writer.field("label", label)
        writer.field("pid", pid)
        writer.field("program", program)
        writer.field("task", task?.text)
        writer.field("user", user)
    }
}

extension DeadlockParty.Holding {
    fileprivate init(from reader: inout JSONReader) throws(JSONError) {
        let mode: LockMode = try reader.choice("mode")
        let path = try reader.path("path")
        reason = try reader.optionalString("reason")
        since = try reader.time("since")
        token = try reader.int("token")
        lock = Lock(path, mode)
    }

    fileprivate func write(to writer: inout JSONWriter) {
        writer.field("mode", lock.mode.rawValue)
        writer.field("path", lock.path.text)
        writer.field("reason", reason)
        writer.field("since", since.description)
        writer.field("token", token)
    }
}

extension DeadlockParty.Want {
    fileprivate static func read(from reader: inout JSONReader) throws(JSONError) -> (Self, Timestamp) {
        guard try reader.find("mode") else {
            let since = try reader.time("since")
            return (.task(TaskID(try reader.string("task"))), since)
        }
        let text = try reader.stringValue()
        guard let mode = LockMode(rawValue: text) else { throw reader.error("'\(text)' is no mode") }
        let path = try reader.path("path")
        let position = try reader.int("position")
        let reason = try reader.optionalString("reason")
        let since = try reader.time("since")
        return (.lock(Lock(path, mode), position: position, reason: reason), since)
    }

    fileprivate func write(to writer: inout JSONWriter, since: Timestamp) {
        switch self {
        case .lock(let lock, let position, let reason):
            writer.field("mode", lock.mode.rawValue)
            writer.field("path", lock.path.text)
            writer.field("position", position)
            writer.field("reason", reason)
            writer.field("since", since.description)
        case .task(let task):
            writer.field("since", since.description)
            writer.field("task", task.text)
        }
    }
}
