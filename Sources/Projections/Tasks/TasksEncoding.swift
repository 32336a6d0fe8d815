import Events

/// The stored form: canonical JSON, tasks by position, runners by host, schedules by host and type, what is parked by
/// reaction and position; of the last two nothing where there is none.
extension Tasks {
    /// As stored.
    public var encoded: [UInt8] {
        var writer = JSONWriter()
        let (parked, entries) = (reactions.all, schedules.all)
        writer.object { writer in
            if !parked.isEmpty { writer.objects("parked", parked) { $0.write(to: &$1) } }
            writer.objects("runners", registered) { $0.write(to: &$1) }
            if !entries.isEmpty { writer.objects("schedules", entries) { $0.write(to: &$1) } }
            writer.objects("tasks", unfinished) { $0.write(to: &$1) }
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
        let parked = try fields.optionalObjects("parked") { fields throws(JSONError) in
            try Reactions.Parked(from: &fields)
        }
        let runners = try fields.objects("runners") { fields throws(JSONError) in try Runner(from: &fields) }
        let entries = try fields.optionalObjects("schedules") { fields throws(JSONError) in
            try Schedules.Entry(from: &fields)
        }
        let records = try fields.objects("tasks") { fields throws(JSONError) in try TaskRecord(from: &fields) }
        for one in parked { reactions.insert(one) }
        for entry in entries { schedules.insert(entry) }
        for runner in runners { insert(runner) }
        for record in records { insert(record) }
    }
}

extension Runner {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.field("host", host)
        writer.field("registeredAt", registeredAt.microseconds)
        writer.field("runner", id.text)
        writer.field("session", session.text)
    }

    fileprivate init(from reader: inout JSONReader) throws(JSONError) {
        host = try reader.string("host")
        registeredAt = Timestamp(microseconds: try reader.int("registeredAt"))
        id = RunnerID(try reader.string("runner"))
        session = SessionID(try reader.string("session"))
    }
}

/// The order and the start are stored as the events have them.
extension TaskRecord {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.field("attempt", attempt)
        writer.field("claimedAt", claimedAt?.microseconds)
        writer.field("host", host)
        if let lastEnd {
            writer.key("lastEnd")
            writer.object { lastEnd.write(to: &$0) }
        }
        if notBefore != order.notBefore { writer.field("notBefore", notBefore?.microseconds) }
        writer.key("order")
        writer.object { order.write(to: &$0) }
        writer.field("phase", phase.rawValue)
        writer.field("position", position)
        if let progress {
            writer.key("progress")
            writer.object {
                $0.field("message", progress.message)
                $0.field("percent", progress.percent)
            }
        }
        writer.field("queuedAt", queuedAt.microseconds)
        writer.field("runner", runner?.text)
        if let start {
            writer.key("start")
            writer.object { start.write(to: &$0) }
        }
        writer.field("startedAt", startedAt?.microseconds)
        if let stop {
            writer.key("stop")
            writer.object {
                $0.field("by", stop.by)
                if stop.now { $0.field("now", true) }
                $0.field("reason", stop.reason)
            }
        }
    }

    fileprivate init(from reader: inout JSONReader) throws(JSONError) {
        let attempt = try reader.int("attempt")
        let claimedAt = try reader.optionalInt("claimedAt").map(Timestamp.init(microseconds:))
        let host = try reader.optionalString("host")
        var lastEnd: TaskFinished?
        if try reader.find("lastEnd") {
            lastEnd = try reader.object { fields throws(JSONError) in try TaskFinished(from: &fields) }
        }
        let notBefore = try reader.optionalInt("notBefore").map(Timestamp.init(microseconds:))
        guard try reader.find("order") else { throw reader.error("field 'order' is missing") }
        let order = try reader.object { fields throws(JSONError) in try TaskQueued(from: &fields) }
        let phase: Phase = try reader.choice("phase")
        let position = try reader.int("position")
        var progress: Progress?
        if try reader.find("progress") {
            progress = try reader.object { fields throws(JSONError) in
                let message = try fields.optionalString("message")
                return Progress(percent: try fields.int("percent"), message: message)
            }
        }
        let queuedAt = Timestamp(microseconds: try reader.int("queuedAt"))
        self.init(order, position: position, at: queuedAt)
        (self.attempt, self.claimedAt, self.host, self.phase, self.progress) =
            (attempt, claimedAt, host, phase, progress)
        self.lastEnd = lastEnd
        if let notBefore { self.notBefore = notBefore }
        runner = try reader.optionalString("runner").map(RunnerID.init)
        if try reader.find("start") {
            start = try reader.object { fields throws(JSONError) in try TaskStarted(from: &fields) }
        }
        startedAt = try reader.optionalInt("startedAt").map(Timestamp.init(microseconds:))
        if try reader.find("stop") {
            stop = try reader.object { fields throws(JSONError) in
                let (by, now) = (try fields.string("by"), try fields.optionalBool("now") ?? false)
                return StopOrder(by: by, reason: try fields.optionalString("reason"), now: now)
            }
        }
    }
}
