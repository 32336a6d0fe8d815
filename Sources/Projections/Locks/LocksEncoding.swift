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
        rows.beginRow()
        for number in sessions.inOrder {
            rows.beginRow()
            sessions[number].write(to: &rows, &names)
            rows.beginRow()
            for token in sessions[number].tokens { writeGrant(token, to: &rows, &names) }
            rows.endRow()
            rows.endRow()
        }
        rows.endRow()
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
        for (parent, session) in ended { ancestry.open(session, under: parent) }
        try readSessions(&fields, names)
        for (_, session) in ended { ancestry.end(session) }
        if try fields.find("slots") {
            let slots = try fields.array { reader throws(JSONError) in
                try reader.object { fields throws(JSONError) in
                    (capacity: try fields.int("capacity"), path: try fields.path("path"))
                }
            }
            for slot in slots { capacities[slot.path] = slot.capacity }
        }
        for request in requests { insert(request) }
    }

    /// Straight into the tables: a list of them would be copied once more. What they hold stays as it is.
    private mutating func readSessions(_ fields: inout JSONReader, _ names: StoredNames) throws(JSONError) {
        var stored = StoredGrants(fields.bytes, names)
        let start = fields.offset
        try fields.beginRow()
        while try fields.hasNext() {
            try fields.beginRow()
            let number = insert(try Session(from: &fields, names))
            var tokens: [Position] = []
            try fields.beginRow()
            while try fields.hasNext() {
                let token = try stored.append(&fields, of: number)
                // Most have one: a literal is made faster than what grows.
                if tokens.isEmpty { tokens = [token] } else { tokens.append(token) }
            }
            sessions.set(tokens, of: number)
            try fields.endRow()
            // Tables that grow are filled twice, and in too large ones few lie far apart: where there are some, it is
            // guessed how many come.
            if number == 63 { reserveSessions((number + 1) * fields.bytes.count / (fields.offset - start)) }
        }
        held = HeldLocks(stored)
    }

    private mutating func reserveSessions(_ count: Int) {
        sessions.reserveCapacity(count)
        processes.reserveCapacity(count)
    }

    private func writeGrant(_ token: Position, to rows: inout JSONWriter, _ names: inout StoredNames) {
        if let grant = grants[token] {
            grant.write(to: &rows, &names)
        } else if let row = held.storedRow(of: token) {
            held.stored.write(row: row, to: &rows, &names)
        }
    }
}

/// Texts that many rows share. The first is empty, and stands for none.
struct StoredNames: Sendable {
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

extension Session {
    fileprivate func write(to writer: inout JSONWriter, _ names: inout StoredNames) {
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
        writer.beginRow()
        for wait in awaits {
            writer.beginRow()
            writer.value(wait.task.text)
            writer.value(wait.since.microseconds)
            writer.endRow()
        }
        writer.endRow()
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
        try row.beginRow()
        while try row.hasNext() {
            try row.beginRow()
            let task = TaskID(try row.stringCell())
            awaits.append(Await(task: task, since: Timestamp(microseconds: try row.intCell())))
            try row.endRow()
        }
    }
}

extension Grant {
    fileprivate func write(to writer: inout JSONWriter, _ names: inout StoredNames) {
        writer.beginRow()
        writer.value(token)
        writer.value(request.text)
        writer.value(since.microseconds)
        writer.value(names.number(of: reason))
        writer.beginRow()
        for lock in locks {
            writer.beginRow()
            writer.value(lock.mode.number)
            writer.value(lock.path.text)
            writer.endRow()
        }
        writer.endRow()
        writer.endRow()
    }

    init(from row: inout JSONReader, of session: SessionID, _ names: StoredNames) throws(JSONError) {
        try row.beginRow()
        token = try row.intCell()
        request = RequestID(try row.stringCell())
        since = Timestamp(microseconds: try row.intCell())
        reason = names.text(try row.intCell())
        var locks: [Lock] = []
        try row.beginRow()
        while try row.hasNext() {
            try row.beginRow()
            let mode = LockMode(number: try row.intCell())
            let path = LockPath(try row.stringCell())
            guard let mode, let path else { throw row.error("this is no lock") }
            // Most have one: a literal is made faster than what grows.
            if locks.isEmpty { locks = [Lock(path, mode)] } else { locks.append(Lock(path, mode)) }
            try row.endRow()
        }
        try row.endRow()
        self.locks = locks
        self.session = session
    }
}

extension LockMode {
    fileprivate var number: Int {
        switch self {
        case .exclusive: 0
        case .shared: 1
        case .slot: 2
        }
    }

    /// No table: ten thousand are looked at by a fresh process.
    init?(number: Int) {
        switch number {
        case 0: self = .exclusive
        case 1: self = .shared
        case 2: self = .slot
        default: return nil
        }
    }
}
