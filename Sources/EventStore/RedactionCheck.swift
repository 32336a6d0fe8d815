internal import Digest
internal import Events
internal import MySQL

/// Whether every payload that is gone was erased by a `log.redacted`, and left what that says.
struct RedactionCheck {
    /// What remains of redacted events, as their rows have it, and as the log says; by hash, as there may be many.
    private var found: [Position: SHA256.Digest] = [:]
    private var told: [Position: SHA256.Digest] = [:]

    /// For every event, in order.
    mutating func saw(_ event: RecordedEvent, _ fact: Fact) {
        if let remains = event.remains { found[event.position] = SHA256.hash(remains) }
        if let redaction = fact.redaction, redaction.position < event.position {
            told[redaction.position] = SHA256.hash(redaction.remains)
        }
    }

    /// What is wrong in the log up to `head`. Who redacts meanwhile appends behind it, and that is looked for there.
    mutating func problem(behind head: Position, _ connection: borrowing Connection) throws -> Verification.Damage? {
        if let kept = told.keys.filter({ found[$0] == nil }).min() {
            return Verification.Damage(position: kept, problem: "it has its payload, and the log says it was redacted")
        }
        if found.keys.contains(where: { told[$0] == nil }) {
            try connection.query(
                EventRow.select + " WHERE type = ? AND position > ? ORDER BY position",
                [.text(Event.Kind.logRedacted.rawValue), .uint(UInt64(head))]
            ) { row in
                let event = try EventRow.event(row)
                saw(event, try event.fact())
            }
        }
        guard let wrong = found.keys.filter({ told[$0] != found[$0] }).min() else { return nil }
        let problem =
            told[wrong] == nil
            ? "its payload is gone, and no later event says that it was redacted"
            : "what remains of its payload is not what its redaction left"
        return Verification.Damage(position: wrong, problem: problem)
    }
}
