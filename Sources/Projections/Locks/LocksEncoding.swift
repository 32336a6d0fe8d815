import Events

/// The stored form: canonical JSON, everything sorted by position, so that equal states give equal bytes. Times are in
/// microseconds.
extension Locks {
    /// As stored.
    public var encoded: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.objects("ended", ancestry.ended.sorted()) { id, writer in
                writer.field("parent", ancestry.parents[id]?.text)
                writer.field("session", id.text)
            }
            writer.objects("grants", standing) { $0.write(to: &$1) }
            writer.objects("requests", queue) { $0.write(to: &$1) }
            writer.objects("sessions", sessions()) { $0.write(to: &$1) }
            guard !capacities.isEmpty else { return }
            writer.objects("slots", capacities.sorted { $0.key < $1.key }) { slot, writer in
                writer.field("capacity", slot.value)
                writer.field("path", slot.key.text)
            }
        }
        return writer.bytes
    }

    /// From the stored form. The processes of tasks and the hosts with a runner are to be told afterwards.
    init(encoded: [UInt8]) throws(JSONError) {
        self.init()
        var restored = self
        try JSONReader.read(encoded) { reader throws(JSONError) in
            try reader.object { fields throws(JSONError) in try restored.read(&fields) }
        }
        self = restored
    }

    private mutating func read(_ fields: inout JSONReader) throws(JSONError) {
        let ended = try fields.objects("ended") { fields throws(JSONError) in
            let parent = try fields.optionalString("parent").map(SessionID.init)
            return (parent: parent, session: SessionID(try fields.string("session")))
        }
        let grants = try fields.objects("grants") { fields throws(JSONError) in try Grant(from: &fields) }
        let requests = try fields.objects("requests") { fields throws(JSONError) in try Request(from: &fields) }
        let sessions = try fields.objects("sessions") { fields throws(JSONError) in try Session(from: &fields) }
        if try fields.find("slots") {
            let slots = try fields.array { reader throws(JSONError) in
                try reader.object { fields throws(JSONError) in
                    (capacity: try fields.int("capacity"), path: try fields.path("path"))
                }
            }
            for slot in slots { capacities[slot.path] = slot.capacity }
        }
        self.sessions.reserveCapacity(sessions.count)
        self.grants.reserveCapacity(grants.count)
        positions.reserveCapacity(grants.count + requests.count)
        for (parent, session) in ended { ancestry.open(session, under: parent) }
        for session in sessions { insert(session) }
        for (_, session) in ended { ancestry.end(session) }
        for grant in grants { insert(grant) }
        for request in requests { insert(request) }
    }
}

extension Grant {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.field("locks", locks)
        writer.field("reason", reason)
        writer.field("request", request.text)
        writer.field("session", session.text)
        writer.field("since", since.microseconds)
        writer.field("token", token)
    }

    fileprivate init(from reader: inout JSONReader) throws(JSONError) {
        locks = try reader.locks("locks")
        reason = try reader.optionalString("reason")
        request = RequestID(try reader.string("request"))
        session = SessionID(try reader.string("session"))
        since = Timestamp(microseconds: try reader.int("since"))
        token = try reader.int("token")
    }
}

extension Request {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.field("deadline", deadline?.microseconds)
        writer.field("locks", locks)
        writer.field("position", position)
        writer.field("reason", reason)
        writer.field("request", id.text)
        writer.field("session", session.text)
        writer.field("since", since.microseconds)
        writer.field("waiter", waiter)
    }

    fileprivate init(from reader: inout JSONReader) throws(JSONError) {
        deadline = try reader.optionalInt("deadline").map(Timestamp.init(microseconds:))
        locks = try reader.locks("locks")
        position = try reader.int("position")
        reason = try reader.optionalString("reason")
        id = RequestID(try reader.string("request"))
        session = SessionID(try reader.string("session"))
        since = Timestamp(microseconds: try reader.int("since"))
        waiter = try reader.process("waiter")
    }
}

extension Session {
    fileprivate func write(to writer: inout JSONWriter) {
        if !awaits.isEmpty {
            writer.key("awaits")
            writer.array(awaits) { writer, wait in
                writer.object {
                    $0.field("since", wait.since.microseconds)
                    $0.field("task", wait.task.text)
                }
            }
        }
        if closesWhenIdle { writer.field("closesWhenIdle", true) }
        writer.field("host", host)
        writer.field("label", label)
        writer.field("openedAt", openedAt.microseconds)
        writer.field("parent", parent?.text)
        writer.field("position", position)
        // A task's process is stored with the task.
        writer.field("process", task == nil ? process : nil)
        writer.field("program", program)
        writer.field("session", id.text)
        writer.field("task", task?.text)
        writer.field("user", user)
    }

    fileprivate init(from reader: inout JSONReader) throws(JSONError) {
        if try reader.find("awaits") {
            awaits = try reader.array { element throws(JSONError) in
                try element.object { fields throws(JSONError) in
                    let since = Timestamp(microseconds: try fields.int("since"))
                    return Await(task: TaskID(try fields.string("task")), since: since)
                }
            }
        }
        closesWhenIdle = try reader.optionalBool("closesWhenIdle") ?? false
        host = try reader.string("host")
        label = try reader.optionalString("label")
        openedAt = Timestamp(microseconds: try reader.int("openedAt"))
        parent = try reader.optionalString("parent").map(SessionID.init)
        position = try reader.int("position")
        process = try reader.process("process")
        program = try reader.optionalString("program")
        id = SessionID(try reader.string("session"))
        task = try reader.optionalString("task").map(TaskID.init)
        user = try reader.string("user")
    }
}

extension JSONReader {
    /// An array of objects.
    mutating func objects<Element>(
        _ name: String, _ element: (inout JSONReader) throws(JSONError) -> Element
    ) throws(JSONError) -> [Element] {
        guard try find(name) else { throw error("field '\(name)' is missing") }
        return try array { reader throws(JSONError) in try reader.object(element) }
    }
}

extension JSONWriter {
    /// An array of objects.
    mutating func objects<Elements: Sequence>(
        _ name: String, _ elements: Elements, _ write: (Elements.Element, inout JSONWriter) -> Void
    ) {
        key(name)
        array(elements) { writer, element in writer.object { write(element, &$0) } }
    }
}
