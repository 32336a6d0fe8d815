internal import Digest
public import Events
internal import MySQL

/// What `log verify` found: the log is whole, or the first place where it is not.
public struct Verification: Sendable {
    /// The first thing that is wrong; what lies behind it was not looked at.
    public struct Damage: Sendable {
        /// Of the event that is missing, changed or out of place.
        public var position: Position
        /// What is wrong there, as a clause for a person.
        public var problem: String
    }

    /// Those found whole, from the first on: up to the damage, or all.
    public var events: Int
    /// As read before the verification began; what is appended meanwhile is not verified.
    public var head: Head
    /// Nil when the log is whole.
    public var damage: Damage?

    /// Reads every event up to the head and holds it against the chain, its columns against its payload.
    static func run(_ connection: borrowing Connection, progress: (Position) throws -> Void) throws -> Verification {
        let (head, at) = try headRow(connection)
        var check = ChainCheck()
        var damage: Damage?
        while check.position < head.position, damage == nil {
            let before = check.position
            // Not by their numbers: a `log.restored` may leave some out.
            try connection.query(
                EventRow.select + " WHERE position > ? AND position <= ? ORDER BY position LIMIT ?",
                [.uint(UInt64(before)), .uint(UInt64(head.position)), .int(Int64(LogReader.pageSize))]
            ) { row in
                guard damage == nil else { return }
                damage = check.problem(row)
            }
            if damage == nil, check.position == before {
                damage = Damage(position: before + 1, problem: "the event is missing")
            }
            try progress(check.position)
        }
        if damage == nil { damage = try check.redactions.problem(behind: head.position, connection) }
        if damage == nil { damage = try end(check, head, at, connection) }
        return Verification(events: check.count, head: head, damage: damage)
    }

    /// What is wrong behind the last event: a head that does not fit, or events behind it.
    private static func end(
        _ check: ChainCheck, _ head: Head, _ at: Timestamp, _ connection: borrowing Connection
    ) throws -> Damage? {
        guard check.hash == head.hash else {
            return Damage(position: head.position, problem: "the head's hash is not the last event's")
        }
        guard head.position == 0 || check.at == at else {
            return Damage(position: head.position, problem: "the head's time is not the last event's")
        }
        if let damage = try cut(leftOut: check.position - check.count, connection) { return damage }
        var beyond: Position?
        try connection.query(
            """
            SELECT e.position FROM event e JOIN log_head h ON h.id = 1 WHERE e.position > h.position \
            ORDER BY e.position LIMIT 1
            """, []
        ) { beyond = try $0.whole(0) }
        return beyond.map { Damage(position: $0, problem: "the event lies behind the head of the log") }
    }
}

extension Verification {
    private static func headRow(_ connection: borrowing Connection) throws -> (Head, Timestamp) {
        let head = try LogReader.head(connection)
        var at = Timestamp(microseconds: 0)
        // The events up to the head that was read do not change; a later head's time is not theirs.
        try connection.query(
            "SELECT IF(position = ?, at, (SELECT at FROM event WHERE position = ?)) FROM log_head WHERE id = 1",
            [.uint(UInt64(head.position)), .uint(UInt64(head.position))]
        ) { if !$0.isNull(0) { at = try $0.time(0) } }
        return (head, at)
    }

    /// A log whose head was put back together with its last events: the projections have counted more events than it has.
    /// Both are read by one statement, as every transaction moves both.
    private static func cut(leftOut: Int, _ connection: borrowing Connection) throws -> Damage? {
        var damage: Damage?
        try connection.query(
            """
            SELECT h.position, CAST(COALESCE((SELECT SUM(version) FROM projection), 0) AS SIGNED), \
            CAST(COALESCE((SELECT MAX(position) FROM projection), 0) AS SIGNED) FROM log_head h WHERE h.id = 1
            """, []
        ) { row in
            let (head, counted, stored) = (try row.whole(0), try row.whole(1), try row.whole(2))
            guard counted > head - leftOut || stored > head else { return }
            damage = Damage(
                position: head + 1,
                problem: "the log was cut: its projections know \(max(counted, stored - leftOut)) events")
        }
        return damage
    }
}

/// The chain, event by event.
private struct ChainCheck {
    var position = 0
    var count = 0
    var hash = RecordedEvent.genesis
    var at = Timestamp(microseconds: .min)
    var redactions = RedactionCheck()
    /// The last version seen of each stream that may still go on.
    var versions: [String: Int] = [:]

    mutating func problem(_ row: borrowing Row) -> Verification.Damage? {
        let expected = position + 1
        do {
            let found = try row.whole(0)
            guard try found == expected || row.text(4) == Event.Kind.logRestored.rawValue else {
                return Verification.Damage(position: expected, problem: "the event is missing")
            }
            let event = try EventRow.event(row)
            if let problem = try problem(event, row) {
                return Verification.Damage(position: found, problem: problem)
            }
            count += 1
            (position, hash, at) = (event.position, event.hash, event.at)
            versions[event.stream] = event.streamVersion
            if event.type == Event.Kind.sessionEnded.rawValue { versions[event.stream] = nil }
            return nil
        } catch {
            return Verification.Damage(position: expected, problem: "\(error)")
        }
    }

    private mutating func problem(_ event: RecordedEvent, _ row: borrowing Row) throws -> String? {
        guard event.chained(to: hash) == event.hash else {
            return "its hash is not that of its columns and the event before it"
        }
        guard event.at >= at else { return "its time is before the event before it" }
        if let last = versions[event.stream], event.streamVersion != last + 1 {
            return "its stream version is \(event.streamVersion), not \(last + 1)"
        }
        guard let payload = event.payload ?? event.remains else { return "its payload is gone" }
        guard event.remains != nil || SHA256.hash(payload) == event.payloadHash else {
            return "its payload is not the one that was written"
        }
        guard try row.whole(15) == payload.count else { return "payload_size is not the payload's" }
        guard try row.digest(16) == SHA256.hash(try row.bytes(13)) else {
            return "payload_checksum is not that of the stored bytes"
        }
        let fact = try event.fact()
        guard fact.follows(position) else { return "it does not stand behind position \(position)" }
        let subject = Subject(fact.event)
        guard try row.optionalText(11) == subject.session, try row.optionalText(12) == subject.task else {
            return "session or task is not the payload's"
        }
        redactions.saw(event, fact)
        return nil
    }
}
