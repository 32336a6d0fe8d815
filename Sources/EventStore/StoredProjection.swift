internal import Digest
internal import Events
internal import LZ4
internal import MySQL

/// One row of table `projection`, or of table `snapshot`: the state of a part of the machine, as of a position.
struct StoredProjection {
    var name: String
    /// The number of events that moved the projection: by now, and when `state` was taken.
    var version: Int
    var stateVersion: Int
    /// The place of `state` in the log.
    var head: Head
    var state: [UInt8]

    /// All of them, or with `name` the one that is bound.
    static func select(name: Bool = false) -> String {
        """
        SELECT name, version, position, hash, state_version, state, state_encoding, state_size, checksum \
        FROM projection \(name ? "WHERE name = ?" : "ORDER BY name")
        """
    }
    /// A stored state that claims to be larger is damaged.
    static let maximumStateBytes = 256 << 20
    static let compressionThreshold = 4096

    init(_ row: borrowing Row) throws {
        name = try row.text(0)
        version = try row.whole(1)
        stateVersion = try row.whole(4)
        guard let hash = try row.digest(3) else { throw Self.damaged(name) }
        head = Head(position: try row.whole(2), hash: hash)
        state = try Self.state(row, name)
    }

    /// The state as it was before it was compressed. It is large, and not copied before.
    private static func state(_ row: borrowing Row, _ name: String) throws -> [UInt8] {
        let (encoding, size, checksum) = (try row.whole(6), try row.whole(7), try row.digest(8))
        let state: [UInt8]? = try row.withBytes(5) { stored throws(StoreError) in
            guard size <= maximumStateBytes, SHA256.hash(stored) == checksum else { throw damaged(name) }
            guard encoding == 1 else { return nil }
            guard let state = try? LZ4.decompressBlock(stored, size: size, limit: maximumStateBytes) else {
                throw damaged(name)
            }
            return state
        }
        if let state { return state }
        guard encoding == 0 else { throw damaged(name) }
        return try row.bytes(5)
    }

    private static func damaged(_ name: String) -> StoreError {
        StoreError(
            .damaged, "the stored projection '\(name)' is damaged",
            hint: "run: interlock projection rebuild \(name)")
    }

    /// Writes the state of one projection: as a new row, or over the one whose version is `expected`. False when the row
    /// has another version.
    static func write<Machine>(
        _ name: String, _ state: [UInt8], of folded: Folded<Machine>, expected: Int?, _ connection: borrowing Connection
    ) throws(MySQLError) -> Bool {
        let version = Int64(folded.versions[name, default: 0])
        let columns = [.int(version)] + values(state, version, folded.head)
        if let expected {
            return try connection.execute(
                """
                UPDATE projection SET version = ?, position = ?, hash = ?, state_version = ?, state = ?, \
                state_encoding = ?, state_size = ?, checksum = ? WHERE name = ? AND version = ?
                """, columns + [.text(name), .int(Int64(expected))]) == 1
        }
        return try connection.execute(
            """
            INSERT INTO projection (version, position, hash, state_version, state, state_encoding, state_size, \
            checksum, name) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, columns + [.text(name)]) == 1
    }

    /// What differs from the fold of the log at its position; nil when nothing does.
    func difference<Machine>(from folded: Folded<Machine>) -> String? {
        let version = folded.versions[name, default: 0]
        if head != folded.head { return "the log has another hash at position \(head.position)" }
        if stateVersion != version { return "its state says version \(stateVersion), the log has \(version)" }
        let other = folded.machine.encodeProjection(name)
        guard other != state else { return nil }
        let offset = zip(other, state).enumerated().first { $0.element.0 != $0.element.1 }?.offset
        return "its state differs from the fold of the log at byte \(offset ?? min(other.count, state.count))"
    }

    /// The columns position, hash, state_version, state, state_encoding, state_size and checksum.
    static func values(_ state: [UInt8], _ version: Int64, _ head: Head) -> [Value] {
        var stored = state
        var encoding: Int64 = 0
        if state.count > compressionThreshold {
            if let block = try? LZ4.compressBlock(state), block.count < state.count { (stored, encoding) = (block, 1) }
        }
        return [
            .uint(UInt64(head.position)), .bytes(head.hash.bytes), .int(version), .bytes(stored), .int(encoding),
            .int(Int64(state.count)), .bytes(SHA256.hash(stored).bytes),
        ]
    }
}

extension Folded {
    /// The state as stored: empty when none is.
    static func load(_ connection: borrowing Connection) throws -> Folded {
        var rows: [StoredProjection] = []
        try connection.query(StoredProjection.select(), []) { rows.append(try StoredProjection($0)) }
        return try Folded(rows)
    }

    /// The state of the rows of one position: before the first event where there are none.
    init(_ rows: [StoredProjection]) throws {
        let rows = rows.filter { Machine.projectionNames.contains($0.name) }
        self.init()
        guard let first = rows.first else { return }
        guard rows.count == Machine.projectionNames.count, rows.allSatisfy({ $0.head == first.head }) else {
            throw StoreError(
                .damaged, "the stored projections are not all of one position",
                hint: "run: interlock projection rebuild")
        }
        do {
            machine = try Machine(
                projections: Dictionary(rows.map { ($0.name, $0.state) }) { first, _ in first })
        } catch {
            throw StoreError(
                .damaged, "a stored projection cannot be read: \(error)", hint: "run: interlock projection rebuild")
        }
        head = first.head
        versions = Dictionary(rows.map { ($0.name, $0.stateVersion) }) { first, _ in first }
    }
}
