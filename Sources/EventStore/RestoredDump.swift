internal import Digest
internal import Events
internal import MySQL

/// Whether a database goes through what was seen of it.
enum RestoredDump {
    /// Throws `restored` where the log that ends at `head` does not go through what was seen. `seen` was read before `head`.
    static func refuse(
        _ seen: HighestSeen.Entry?, _ databaseID: String, _ head: Head, _ connection: borrowing Connection
    ) throws {
        if let problem = try problem(seen, databaseID, head, connection) { throw problem }
    }

    /// Throws where the log ends before what was seen: what every transaction can afford.
    static func refuse(_ seen: HighestSeen.Entry?, _ databaseID: String, behind head: Head) throws(StoreError) {
        guard let seen, seen.head.position > head.position else { return }
        throw seen.databaseID == databaseID ? behind(seen, head) : another(seen, databaseID)
    }

    /// Nil where all is as it should be: the log has the event that was seen, or a `log.restored` has passed over it.
    static func problem(
        _ seen: HighestSeen.Entry?, _ databaseID: String, _ head: Head, _ connection: borrowing Connection
    ) throws -> StoreError? {
        guard let seen else { return nil }
        guard seen.databaseID == databaseID else { return another(seen, databaseID) }
        guard seen.head != head else { return nil }
        guard seen.head.position <= head.position else { return behind(seen, head) }
        var next: RecordedEvent?
        try connection.query(
            EventRow.select + " WHERE position >= ? ORDER BY position LIMIT 1", [.uint(UInt64(seen.head.position))]
        ) { next = try EventRow.event($0) }
        guard let next, next.position > seen.head.position else {
            return next?.hash == seen.head.hash ? nil : differs(seen)
        }
        return try next.fact().jumpedFrom.map { $0 < seen.head.position } == true ? nil : differs(seen)
    }

    private static func another(_ seen: HighestSeen.Entry, _ databaseID: String) -> StoreError {
        StoreError(
            .restored,
            "the database is another one (\(databaseID)) than this state directory belongs to (\(seen.databaseID))",
            hint: "give it a state directory of its own with --state-dir; if it takes the other one's place: "
                + "interlock log adopt")
    }

    private static let hint =
        "if a dump was restored, take it over: interlock log adopt (--dry-run shows what that does)"

    private static func behind(_ seen: HighestSeen.Entry, _ head: Head) -> StoreError {
        StoreError(
            .restored,
            "the database ends at position \(head.position), and position \(seen.head.position) was seen here: "
                + "it was restored from an older dump", hint: hint)
    }

    private static func differs(_ seen: HighestSeen.Entry) -> StoreError {
        StoreError(
            .restored,
            "event \(seen.head.position) of the database is not the one that was seen here: it was restored from an "
                + "older dump", hint: hint)
    }
}
