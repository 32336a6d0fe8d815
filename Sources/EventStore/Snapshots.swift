internal import Digest
internal import Events
internal import MySQL

/// Stored states that are kept, so that a jump into a long log folds few events. They are derived from the log and never
/// trusted: who uses one folds the log to it from the one before and compares; `projection check` compares all.
public enum Snapshots {
    /// Events between two, about: two of them are folded in 0.1 s, and a state of 100 KiB costs each event 6 bytes.
    public static let interval = 16_384

    private static let columns = "name, position, hash, state_version, state, state_encoding, state_size, checksum"

    /// True when a multiple of the interval lies between two storings of the state. Nothing has to be looked up for it;
    /// where several processes find the same, there are some more.
    static func isDue(between stored: Position, and position: Position, every interval: Int) -> Bool {
        stored / interval < position / interval
    }

    /// Keeps what the transaction at hand has stored at `position`. It only saves time: a login that may not do it appends
    /// without.
    static func keep(at position: Position, _ connection: borrowing Connection) throws {
        do throws(MySQLError) {
            _ = try connection.execute(
                "INSERT INTO snapshot (\(columns)) SELECT \(columns) FROM projection WHERE position = ?",
                [.uint(UInt64(position))])
        } catch {
            guard error.code == .accessDenied else { throw error }
        }
    }

    /// Writes the state where `folded` stands.
    static func write<Machine>(_ folded: Folded<Machine>, _ connection: borrowing Connection) throws {
        for name in Machine.projectionNames {
            let version = Int64(folded.versions[name, default: 0])
            let values = StoredProjection.values(folded.machine.encodeProjection(name), version, folded.head)
            _ = try connection.execute(
                "INSERT INTO snapshot (\(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", [.text(name)] + values)
        }
    }

    /// Those up to `position`, the latest first.
    static func positions(
        upTo position: Position, limit: Int = .max, _ connection: borrowing Connection
    ) throws -> [Position] {
        var positions: [Position] = []
        try connection.query(
            "SELECT DISTINCT position FROM snapshot WHERE position <= ? ORDER BY position DESC LIMIT ?",
            [.uint(UInt64(position)), .int(Int64(limit))]
        ) { positions.append(try $0.whole(0)) }
        return positions
    }

    /// Forgets those from `position` on.
    static func forget(from position: Position, _ connection: borrowing Connection) throws {
        _ = try connection.execute("DELETE FROM snapshot WHERE position >= ?", [.uint(UInt64(position))])
    }

    /// Forgets those behind `lower`, up to and with `upper`.
    static func forget(between lower: Position, and upper: Position, _ connection: borrowing Connection) throws {
        _ = try connection.execute(
            "DELETE FROM snapshot WHERE position > ? AND position <= ?", [.uint(UInt64(lower)), .uint(UInt64(upper))])
    }

    /// A state out of the table.
    enum Loaded<Machine: StoredMachine> {
        case state(Folded<Machine>)
        /// What is kept is damaged, or not of this log.
        case broken
        /// It was forgotten meanwhile: an event before it is redacted.
        case forgotten
    }

    /// The state kept at `position`.
    static func load<Machine: StoredMachine>(
        _ machine: Machine.Type, at position: Position, _ connection: borrowing Connection
    ) throws -> Loaded<Machine> {
        var rows: [StoredProjection] = []
        for name in Machine.projectionNames {
            switch try kept(name, at: position, connection) {
            case .whole(let row): rows.append(row)
            case .damaged: return .broken
            case .none: return .forgotten
            }
        }
        guard let folded = try? Folded<Machine>(rows), folded.head.position == position,
            try LogReader.hash(at: position, connection) == folded.head.hash
        else { return .broken }
        return .state(folded)
    }

    /// What differs between the state kept where `folded` stands and the fold, by the projection's name; nothing where it
    /// was forgotten meanwhile.
    static func differences<Machine>(
        from folded: Folded<Machine>, of names: [String] = Machine.projectionNames, _ connection: borrowing Connection
    ) throws -> [String: String] {
        var problems: [String: String] = [:]
        for name in names {
            switch try kept(name, at: folded.head.position, connection) {
            case .whole(let row): problems[name] = row.difference(from: folded)
            case .damaged(let problem): problems[name] = problem
            case .none: break
            }
        }
        return problems
    }

    /// A row of the table.
    private enum Row {
        case none
        case whole(StoredProjection)
        case damaged(String)
    }

    private static func kept(
        _ name: String, at position: Position, _ connection: borrowing Connection
    ) throws -> Row {
        var kept = Row.none
        do {
            try connection.query(
                """
                SELECT name, state_version, position, hash, state_version, state, state_encoding, state_size, checksum \
                FROM snapshot WHERE position = ? AND name = ?
                """, [.uint(UInt64(position)), .text(name)]
            ) { kept = .whole(try StoredProjection($0)) }
        } catch {
            guard let error = error as? StoreError, error.code == .damaged else { throw error }
            return .damaged(error.message)
        }
        return kept
    }
}
