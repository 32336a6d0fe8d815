internal import Digest
internal import Events
internal import MySQL

/// The one way in which a row of `event` ever changes: what `log.redacted` names loses its payload, in the transaction that
/// appends it.
extension MySQLLog {
    /// The event that a command is about, with the head locked. One that is not as it was written throws `damaged`: what
    /// shows that would be erased with it.
    func recorded(_ position: Position, _ connection: borrowing Connection) throws -> RecordedEvent? {
        var event: RecordedEvent?
        try connection.query(EventRow.select + " WHERE position = ?", [.uint(UInt64(max(0, position)))]) {
            event = try EventRow.event($0)
        }
        if let payload = event?.payload, SHA256.hash(payload) != event?.payloadHash {
            throw StoreError(
                .damaged, "event \(position): its payload is not the one that was written", position: position)
        }
        return event
    }

    /// Overwrites what the events of `batch` erase. The state is stored anew beside it (`write`): at the head it holds
    /// nothing of these payloads, or the machine would have refused; what was stored before, at an older position, might.
    func redact(with batch: Batch<Machine>, _ connection: borrowing Connection) throws {
        for data in batch.redactions {
            let changed = try connection.execute(
                """
                UPDATE event SET payload = ?, payload_encoding = ?, payload_size = ?, payload_checksum = ? \
                WHERE position = ? AND payload_encoding <> ?
                """,
                [
                    .bytes(data.remains), .int(Int64(EventRow.Encoding.redacted.rawValue)),
                    .int(Int64(data.remains.count)), .bytes(SHA256.hash(data.remains).bytes),
                    .uint(UInt64(data.position)), .int(Int64(EventRow.Encoding.redacted.rawValue)),
                ])
            guard changed == 1 else {
                throw StoreError(
                    .inconsistent, "nothing was written: event \(data.position) has no payload to erase",
                    hint: "run: interlock log verify")
            }
            // States that were kept from there on may hold the text; that of the head, which this transaction may have kept,
            // does not.
            try Snapshots.forget(between: data.position - 1, and: live.head.position - 1, connection)
        }
    }
}

extension Batch {
    /// The payloads that its events erase.
    var redactions: [LogRedacted] { facts.compactMap(\.redaction) }
}

extension Draft {
    /// `event` as an earlier command of this transaction leaves it.
    func redacted(_ event: RecordedEvent) -> RecordedEvent {
        let redaction = facts.lazy.compactMap(\.redaction).first { $0.position == event.position }
        return redaction.map { event.redacted(to: $0.remains) } ?? event
    }
}

extension Fact {
    var redaction: LogRedacted? {
        if case .logRedacted(let data) = event { data } else { nil }
    }
}
