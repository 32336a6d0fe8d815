internal import Digest
public import Events
internal import MySQL

/// A stored projection beside the fold of the log at its position.
public struct ProjectionCheck: Sendable {
    /// As `StoredMachine.projectionNames` has it.
    public var name: String
    /// Nil where nothing is stored, or where what is stored cannot be read.
    public var version: Int?
    /// Where in the log the stored state was taken, and the fold it is compared with.
    public var position: Position?
    /// What differs; nil when nothing does.
    public var difference: String?

    /// Who redacts meanwhile stores the states anew: one that was read before may differ by the text that is gone from the
    /// log. So what differs is believed only of a row that has stayed.
    static func run<Machine: StoredMachine>(
        _ machine: Machine.Type, only: String?, _ connection: borrowing Connection, _ watch: (FoldNotice) -> Void
    ) throws -> [ProjectionCheck] {
        for _ in 1..<maximumLooks {
            let checks = try look(machine, only: only, connection, watch)
            guard try hasMoved(checks.filter { $0.difference != nil }, connection) else { return checks }
        }
        return try look(machine, only: only, connection, watch)
    }

    private static let maximumLooks = 4

    /// True when the state of one of them was stored again since it was read.
    private static func hasMoved(
        _ checks: [ProjectionCheck], _ connection: borrowing Connection
    ) throws -> Bool {
        guard !checks.isEmpty else { return false }
        var positions: [String: Position] = [:]
        try connection.query("SELECT name, position FROM projection", []) {
            positions[try $0.text(0)] = try $0.whole(1)
        }
        return checks.contains { $0.position != nil && $0.position != positions[$0.name] }
    }

    private static func look<Machine: StoredMachine>(
        _ machine: Machine.Type, only: String?, _ connection: borrowing Connection, _ watch: (FoldNotice) -> Void
    ) throws -> [ProjectionCheck] {
        let names = Machine.projectionNames.filter { only == nil || only == $0 }
        guard try LogReader.head(connection).position > 0 else { return [] }
        var checks: [ProjectionCheck] = []
        var stored: [StoredProjection] = []
        for name in names {
            do {
                var found: StoredProjection?
                try connection.query(StoredProjection.select(name: true), [.text(name)]) {
                    found = try StoredProjection($0)
                }
                if let found {
                    stored.append(found)
                } else {
                    checks.append(Self(name: name, difference: "it is missing"))
                }
            } catch {
                guard let error = error as? StoreError else { throw error }
                checks.append(Self(name: name, difference: error.message))
            }
        }
        var folded = Folded<Machine>()
        let snapshots = try Snapshots.positions(upTo: try LogReader.head(connection).position, connection)
        var broken: [String: String] = [:]
        for position in Set(snapshots + stored.map(\.head.position)).sorted() {
            try fold(&folded, to: position, connection, watch)
            for projection in stored where projection.head.position == position {
                checks.append(
                    Self(
                        name: projection.name, version: projection.version, position: position,
                        difference: projection.difference(from: folded)))
            }
            guard snapshots.contains(position) else { continue }
            for (name, problem) in try Snapshots.differences(from: folded, of: names, connection) {
                broken[name] = broken[name] ?? "of its snapshot at position \(position): \(problem)"
            }
        }
        try checkVersions(&checks, &folded, connection, watch)
        for index in checks.indices {
            checks[index].difference = checks[index].difference ?? broken[checks[index].name]
        }
        return checks.sorted { $0.name < $1.name }
    }

    /// The versions as of one head: they and it are read by one statement, as every transaction moves both.
    private static func checkVersions<Machine: StoredMachine>(
        _ checks: inout [ProjectionCheck], _ folded: inout Folded<Machine>, _ connection: borrowing Connection,
        _ watch: (FoldNotice) -> Void
    ) throws {
        var (head, versions) = (0, [String: Int]())
        try connection.query(
            "SELECT h.position, p.name, p.version FROM log_head h JOIN projection p ON h.id = 1", []
        ) { row in
            head = try row.whole(0)
            versions[try row.text(1)] = try row.whole(2)
        }
        try fold(&folded, to: head, connection, watch)
        for index in checks.indices where checks[index].difference == nil {
            let (name, counted) = (checks[index].name, folded.versions[checks[index].name, default: 0])
            checks[index].version = versions[name]
            guard let version = versions[name], version != counted else { continue }
            checks[index].difference = "its version is \(version), the log has \(counted) of its events"
        }
    }

    static func fold<Machine>(
        _ folded: inout Folded<Machine>, to position: Position, limit: Int = .max, _ connection: borrowing Connection,
        _ watch: (FoldNotice) -> Void
    ) throws {
        var left = limit
        while folded.head.position < position, left > 0 {
            let before = folded.head.position
            let page = min(left, LogReader.pageSize)
            left -= page
            try LogReader.read(before + 1...position, limit: page, connection) { (event: RecordedEvent) in
                try verifyLink(event, after: folded.head)
                try folded.fold(event)
                if event.remains != nil { watch(.redacted(event.position)) }
            }
            watch(.reached(folded.head.position))
            // The position is one that a `log.restored` left out.
            guard folded.head.position > before else { return }
        }
    }

    /// A state that is folded from a changed event would be as wrong, and look right.
    private static func verifyLink(_ event: RecordedEvent, after head: Head) throws {
        // What remains of a redacted one is held against its redaction by `log verify`.
        let isPayloadRight = event.payload.map { SHA256.hash($0) == event.payloadHash } ?? (event.remains != nil)
        guard isPayloadRight, event.chained(to: head.hash) == event.hash else {
            throw StoreError(
                .damaged, "event \(event.position) is not the one that was appended: the chain of hashes breaks there",
                hint: "run: interlock log verify", position: event.position)
        }
    }
}
