internal import Digest
public import MySQL

/// The blocks of measurements of one host, on a connection of its own. One writes, any number may read.
///
/// What the blocks take stays within a budget by construction: before bytes are written, as much is deleted in the same
/// transaction. What is done every minute reads no more rows the longer the history is.
public actor MetricStore {
    /// What a row takes beside its data.
    private static let rowOverhead = 400
    /// InnoDB's pages, and how much of one is filled with rows, or with data that has pages of its own.
    private static let (pageBytes, rowBytesOfPage, dataBytesOfPage) = (16_384, 15_000, 16_300)
    /// Rows of more than half a page have pages of their own for their data.
    private static let bytesWithinRow = 7000
    /// Blocks that are looked at, or deleted, at once.
    public static let pageRows = 256

    private nonisolated let thread: DatabaseThread
    private let endpoint: Endpoint
    let host: [UInt8]
    private var link: Link?
    /// False until what is stored has been added up.
    private var isSummed = false

    /// The thread of its own that all calls run on, one after the other: libmysqlclient blocks.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

    /// Starts the thread, and throws where there can be none; connects at the first call.
    public init(_ endpoint: Endpoint, host: String) throws {
        self.endpoint = endpoint
        self.host = Array(host.utf8)
        thread = try DatabaseThread(name: "interlock-metric")
    }

    func connected<Answer>(_ body: (borrowing Connection) throws -> Answer) throws -> Answer {
        try translated {
            if let link, link.connection.isUsable { return try body(link.connection) }
            let fresh = Link(connection: try Connection(endpoint))
            guard let version = try Schema.version(fresh.connection) else { throw Schema.none }
            try Schema.check(version)
            link = fresh
            return try body(fresh.connection)
        }
    }

    /// All or nothing. Where a rollback fails too, the connection is not used again.
    func transaction<Answer>(_ body: (borrowing Connection) throws -> Answer) throws -> Answer {
        try connected { connection in
            try connection.begin()
            do {
                let answer = try body(connection)
                try connection.commit()
                return answer
            } catch {
                do { try connection.rollback() } catch { link = nil }
                throw error
            }
        }
    }

    /// Writes blocks, those of the same keys in place of what is stored, and notes that those of `rolledUp` are part of them.
    /// What the host's blocks take then is within `budget`; returned is how much that is. Throws `.tooLarge` where these blocks
    /// alone are more.
    public func write(_ blocks: [MetricBlock], rolledUp: [MetricBlock.Key] = [], budget: Int) throws -> Int {
        try sumUp()
        return try transaction { connection in
            var used = try usage(connection)
            for block in blocks { used += Self.size(block) - (try size(of: block.key, connection)) }
            let room = budget - Self.advance(of: budget)
            if used > room {
                used -= try makeRoom(used - room, sparing: Set(blocks.map(\.key)), connection)
            }
            // In the order of the key, in which pages get full.
            let sorted = blocks.sorted {
                ($0.key.resolution, $0.key.start) == ($1.key.resolution, $1.key.start)
                    ? $0.key.subject.lexicographicallyPrecedes($1.key.subject)
                    : ($0.key.resolution, $0.key.start) < ($1.key.resolution, $1.key.start)
            }
            for block in sorted { try write(block, connection) }
            for key in rolledUp {
                _ = try connection.execute(
                    "UPDATE metric_block SET is_rolled_up = 1 WHERE \(Self.isKey)", values(key))
            }
            try set(usage: used, connection)
            return used
        }
    }

    private func write(_ block: MetricBlock, _ connection: borrowing Connection) throws {
        let data = block.data ?? []
        _ = try connection.execute(
            """
            INSERT INTO metric_block (host, resolution, start, subject, is_rolled_up, size, data, checksum) \
            VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE is_rolled_up = VALUES(is_rolled_up), \
            size = VALUES(size), data = VALUES(data), checksum = VALUES(checksum)
            """,
            values(block.key) + [
                .int(block.isRolledUp ? 1 : 0), .int(Int64(Self.size(block))), .bytes(data),
                .bytes(Self.checksum(block.key, data)),
            ])
    }

    /// Deletes the oldest of the finest blocks until so many bytes are free; returns how many are.
    private func makeRoom(
        _ bytes: Int, sparing: Set<MetricBlock.Key>, _ connection: borrowing Connection
    ) throws -> Int {
        var freed = 0
        while freed < bytes {
            var rows: [(key: MetricBlock.Key, size: Int)] = []
            try connection.query(
                """
                SELECT subject, resolution, start, size FROM metric_block FORCE INDEX (PRIMARY) WHERE host = ? \
                ORDER BY resolution, start, subject LIMIT ?
                """, [.bytes(host), .int(Int64(Self.pageRows + sparing.count))]
            ) { rows.append((try Self.key($0), try $0.whole(3))) }
            rows.removeAll { sparing.contains($0.key) }
            guard !rows.isEmpty else {
                throw StoreError(
                    .tooLarge, "the measurements of one moment do not fit into what the history may take",
                    hint: "allow more as metrics.disk, or measure less")
            }
            for row in rows where freed < bytes {
                try delete(row.key, connection)
                freed += row.size
            }
        }
        return freed
    }

    func delete(_ key: MetricBlock.Key, _ connection: borrowing Connection) throws {
        _ = try connection.execute("DELETE FROM metric_block WHERE \(Self.isKey)", values(key))
    }

    // MARK: What is stored takes

    private static func size(_ block: MetricBlock) -> Int { size(of: block.data?.count ?? 0) }

    /// By how much a file of so many bytes grows at once: by an extent of 1 MB, and by four from 32 MB on (MySQL manual, "InnoDB file-per-
    /// table tablespaces": autoextend).
    private static func advance(of bytes: Int) -> Int { bytes < 32 << 20 ? min(1 << 20, bytes / 16) : 4 << 20 }

    /// What so much data takes on the disk: its share of a page that holds whole rows only, or pages of its own; and a fifth
    /// more: InnoDB keeps an eighth of a segment empty (MySQL manual, innodb_segment_reserve_factor), and there are indexes, and deleted
    /// rows that are not cleared away yet.
    static func size(of bytes: Int) -> Int {
        let row = bytes + rowOverhead
        let isWithin = bytes <= bytesWithinRow
        let own = isWithin ? 0 : (bytes + dataBytesOfPage - 1) / dataBytesOfPage * pageBytes
        return (isWithin ? pageBytes / (rowBytesOfPage / row) : own + rowOverhead) * 6 / 5
    }

    private func size(of key: MetricBlock.Key, _ connection: borrowing Connection) throws -> Int {
        try connection.queryOne("SELECT size FROM metric_block WHERE \(Self.isKey)", values(key)) { try $0.whole(0) }
            ?? 0
    }

    /// Of this host, with the row locked: who writes waits for who writes.
    func usage(_ connection: borrowing Connection) throws -> Int {
        try connection.queryOne("SELECT bytes FROM metric_usage WHERE host = ? FOR UPDATE", [.bytes(host)]) {
            try $0.whole(0)
        } ?? 0
    }

    func set(usage bytes: Int, _ connection: borrowing Connection) throws {
        _ = try connection.execute(
            "INSERT INTO metric_usage (host, bytes) VALUES (?, ?) ON DUPLICATE KEY UPDATE bytes = VALUES(bytes)",
            [.bytes(host), .int(Int64(bytes))])
    }

    /// Once, at the first write: whatever was done to the table by others, the sum is right from here on.
    private func sumUp() throws {
        guard !isSummed else { return }
        try transaction { connection in
            _ = try usage(connection)
            let bytes = try connection.queryOne(
                "SELECT CAST(COALESCE(SUM(size), 0) AS SIGNED) FROM metric_block WHERE host = ?", [.bytes(host)]
            ) { try $0.whole(0) }
            try set(usage: bytes ?? 0, connection)
        }
        isSummed = true
    }

    // MARK: Rows

    static let isKey = "host = ? AND resolution = ? AND start = ? AND subject = ?"

    func values(_ key: MetricBlock.Key) -> [Value] {
        [.bytes(host), .int(Int64(key.resolution)), .int(Int64(key.start)), .bytes(key.subject)]
    }

    static func key(_ row: borrowing Row) throws -> MetricBlock.Key {
        MetricBlock.Key(subject: try row.bytes(0), resolution: try row.whole(1), start: try row.whole(2))
    }

    static func block(_ row: borrowing Row) throws -> MetricBlock {
        let (key, data) = (try key(row), try row.bytes(3))
        let isWhole = try row.bytes(4) == checksum(key, data)
        return MetricBlock(key, data: isWhole ? data : nil, isRolledUp: try row.whole(5) != 0)
    }

    /// Of the key too: a block in another one's place is none.
    private static func checksum(_ key: MetricBlock.Key, _ data: [UInt8]) -> [UInt8] {
        var hash = SHA256()
        hash.update(utf8: "\(key.resolution) \(key.start) \(key.subject.count) ")
        hash.update(key.subject)
        hash.update(data)
        return hash.finalize().bytes
    }
}
