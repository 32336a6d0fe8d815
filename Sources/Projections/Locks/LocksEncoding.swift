import Events

/// The stored form: canonical JSON, everything sorted by position, so that equal states give equal bytes. Times are in
/// microseconds.
///
/// Every fresh process reads it before it can ask for its first lock, so it is short: rows without names, what a session
/// holds with the session, and texts that many share (a boot's id, a user) once, as their number in `names`; 0 is none.
extension Locks {
    /// As stored.
    public var encoded: [UInt8] {
        var names = StoredNames()
        var rows = JSONWriter()
        rows.array(sessions()) { writer, session in
            writer.row { session.write(grants: grants(of: session.id), to: &$0, &names) }
        }
        var writer = JSONWriter()
        writer.object { writer in
            writer.objects("ended", ancestry.ended.sorted()) { id, writer in
                writer.field("parent", ancestry.parents[id]?.text)
                writer.field("session", id.text)
            }
            writer.key("names")
            writer.array(names.all) { $0.value($1) }
            writer.objects("requests", queue) { $0.write(to: &$1) }
            writer.key("sessions")
            writer.raw(rows.bytes)
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
        guard try fields.find("names") else { throw fields.error("field 'names' is missing") }
        let names = StoredNames(try fields.array { reader throws(JSONError) in try reader.stringValue() })
        let requests = try fields.objects("requests") { fields throws(JSONError) in try Request(from: &fields) }
        guard try fields.find("sessions") else { throw fields.error("field 'sessions' is missing") }
        let sessions = try fields.array { reader throws(JSONError) in
            try reader.row { row throws(JSONError) in try StoredSession(from: &row, names) }
        }
        if try fields.find("slots") {
            let slots = try fields.array { reader throws(JSONError) in
                try reader.object { fields throws(JSONError) in
                    (capacity: try fields.int("capacity"), path: try fields.path("path"))
                }
            }
            for slot in slots { capacities[slot.path] = slot.capacity }
        }
        insert(sessions, ended)
        for request in requests { insert(request) }
    }

    private mutating func insert(_ stored: [StoredSession], _ ended: [(parent: SessionID?, session: SessionID)]) {
        sessions.reserveCapacity(stored.count)
        processes.reserveCapacity(stored.count)
        let count = stored.reduce(0) { $0 + $1.grants.count }
        grants.reserveCapacity(count)
        positions.reserveCapacity(count)
        for (parent, session) in ended { ancestry.open(session, under: parent) }
        for one in stored { insert(one.session) }
        for (_, session) in ended { ancestry.end(session) }
        for one in stored {
            for grant in one.grants { index(grant) }
        }
    }
}

/// Texts that many rows share. The first is empty, and stands for none.
struct StoredNames {
    private(set) var all: [String]
    private var numbers: [String: Int] = [:]

    init(_ all: [String] = [""]) { self.all = all }

    mutating func number(of text: String?) -> Int {
        guard let text else { return 0 }
        if let number = numbers[text] { return number }
        numbers[text] = all.count
        all.append(text)
        return all.count - 1
    }

    func text(_ number: Int) -> String? {
        number > 0 && number < all.count ? all[number] : nil
    }
}

/// A session with what it holds.
private struct StoredSession {
    var session: Session
    var grants: [Grant]

    init(from row: inout JSONReader, _ names: StoredNames) throws(JSONError) {
        session = try Session(from: &row, names)
        let id = session.id
        grants = try row.arrayCell { reader throws(JSONError) in
            try reader.row { row throws(JSONError) in try Grant(from: &row, of: id, names) }
        }
        session.tokens = grants.map(\.token)
    }
}

extension Session {
    fileprivate func write(grants: [Grant], to writer: inout JSONWriter, _ names: inout StoredNames) {
        writer.value(id.text)
        writer.value(position)
        writer.value(openedAt.microseconds)
        writer.value(names.number(of: parent?.text))
        writer.value(names.number(of: host))
        writer.value(names.number(of: user))
        writer.value(names.number(of: label))
        writer.value(names.number(of: program))
        writer.value(task?.text ?? "")
        writer.value(closesWhenIdle ? 1 : 0)
        // A task's process is stored with the task.
        let process = task == nil ? process : nil
        writer.value(names.number(of: process?.bootID))
        writer.value(names.number(of: process?.pidNamespace))
        writer.value(process?.pid ?? 0)
        writer.value(process?.startTicks ?? 0)
        writer.array(awaits) { writer, wait in
            writer.row {
                $0.value(wait.task.text)
                $0.value(wait.since.microseconds)
            }
        }
        writer.array(grants) { writer, grant in writer.row { grant.write(to: &$0, &names) } }
    }

    fileprivate init(from row: inout JSONReader, _ names: StoredNames) throws(JSONError) {
        id = SessionID(try row.stringCell())
        position = try row.intCell()
        openedAt = Timestamp(microseconds: try row.intCell())
        parent = names.text(try row.intCell()).map(SessionID.init)
        host = names.text(try row.intCell()) ?? ""
        user = names.text(try row.intCell()) ?? ""
        label = names.text(try row.intCell())
        program = names.text(try row.intCell())
        let task = try row.stringCell()
        self.task = task.isEmpty ? nil : TaskID(task)
        closesWhenIdle = try row.intCell() == 1
        let boot = names.text(try row.intCell())
        let namespace = names.text(try row.intCell())
        let (pid, startTicks) = (try row.intCell(), try row.intCell())
        process = boot.map {
            ProcessID(bootID: $0, pidNamespace: namespace ?? "", pid: pid, startTicks: startTicks)
        }
        awaits = try row.arrayCell { reader throws(JSONError) in
            try reader.row { row throws(JSONError) in
                let task = TaskID(try row.stringCell())
                return Await(task: task, since: Timestamp(microseconds: try row.intCell()))
            }
        }
    }
}

extension Grant {
    fileprivate func write(to writer: inout JSONWriter, _ names: inout StoredNames) {
        writer.value(token)
        writer.value(request.text)
        writer.value(since.microseconds)
        writer.value(names.number(of: reason))
        writer.array(locks) { writer, lock in
            writer.row {
                $0.value(lock.mode.number)
                $0.value(lock.path.text)
            }
        }
    }

    fileprivate init(from row: inout JSONReader, of session: SessionID, _ names: StoredNames) throws(JSONError) {
        token = try row.intCell()
        request = RequestID(try row.stringCell())
        since = Timestamp(microseconds: try row.intCell())
        reason = names.text(try row.intCell())
        locks = try row.arrayCell { reader throws(JSONError) in
            try reader.row { row throws(JSONError) in
                let mode = LockMode(number: try row.intCell())
                let path = LockPath(try row.stringCell())
                guard let mode, let path else { throw row.error("this is no lock") }
                return Lock(path, mode)
            }
        }
        self.session = session
    }
}

extension LockMode {
    private static let stored: [LockMode] = [.exclusive, .shared, .slot]

    fileprivate var number: Int {
        switch self {
        case .exclusive: 0
        case .shared: 1
        case .slot: 2
        }
    }

    fileprivate init?(number: Int) {
        guard Self.stored.indices.contains(number) else { return nil }
        self = Self.stored[number]
    }
}
