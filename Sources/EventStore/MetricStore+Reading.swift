internal import MySQL

extension MetricStore {
    private static let columns = "subject, resolution, start, data, checksum, is_rolled_up"

    /// One block; nil where none is stored.
    public func block(_ key: MetricBlock.Key) throws -> MetricBlock? {
        try connected { connection in
            try connection.queryOne(
                "SELECT \(Self.columns) FROM metric_block WHERE \(Self.isKey)", values(key)
            ) { try Self.block($0) }
        }
    }

    /// The blocks of a subject whose resolution is one of these and which begin in this time, in its order.
    public func blocks(of subject: [UInt8], resolutions: Range<Int>, from: Int, to: Int) throws -> [MetricBlock] {
        try connected { connection in
            var blocks: [MetricBlock] = []
            try connection.query(
                """
                SELECT \(Self.columns) FROM metric_block FORCE INDEX (metric_block_subject) WHERE host = ? AND subject = ? \
                AND resolution >= ? AND resolution < ? AND start >= ? AND start < ? ORDER BY start, resolution
                """,
                [
                    .bytes(host), .bytes(subject), .int(Int64(resolutions.lowerBound)),
                    .int(Int64(resolutions.upperBound)), .int(Int64(from)), .int(Int64(to)),
                ]
            ) { blocks.append(try Self.block($0)) }
            return blocks
        }
    }

    /// Of each subject and resolution the newest block, by subject. Goes through a whole index: for now and then.
    public func newest() throws -> [MetricBlock.Key] {
        try connected { connection in
            var keys: [MetricBlock.Key] = []
            try connection.query(
                """
                SELECT subject, resolution, MAX(start) FROM metric_block FORCE INDEX (metric_block_subject) WHERE host = ? \
                GROUP BY subject, resolution ORDER BY subject, resolution
                """, [.bytes(host)]
            ) { keys.append(try Self.key($0)) }
            return keys
        }
    }

    /// The hosts that have any.
    public func hosts() throws -> [String] {
        try connected { connection in
            var hosts: [String] = []
            try connection.query("SELECT host FROM metric_usage ORDER BY host") {
                hosts.append(String(decoding: try $0.bytes(0), as: UTF8.self))
            }
            return hosts
        }
    }

    /// Blocks that no coarser one is known to hold; by an index that has no others.
    public func pending() throws -> [MetricBlock.Key] {
        try connected { connection in
            var keys: [MetricBlock.Key] = []
            try connection.query(
                """
                SELECT subject, resolution, start FROM metric_block FORCE INDEX (metric_block_pending) \
                WHERE host = ? AND is_rolled_up = 0 \
                ORDER BY resolution, start, subject
                """, [.bytes(host)]
            ) { keys.append(try Self.key($0)) }
            return keys
        }
    }

    /// Notes that these are part of coarser ones, or of nothing that is to come.
    public func settle(_ keys: [MetricBlock.Key]) throws {
        try transaction { connection in
            for key in keys {
                _ = try connection.execute("UPDATE metric_block SET is_rolled_up = 1 WHERE \(Self.isKey)", values(key))
            }
        }
    }

    /// Deletes blocks of this resolution that begin earlier, a page at most; returns how many.
    public func forget(resolution: Int, before start: Int) throws -> Int {
        try forget("resolution = ? AND start < ?", by: "PRIMARY", [.int(Int64(resolution)), .int(Int64(start))])
    }

    /// Deletes all blocks of a subject, a page at most; returns how many.
    public func forget(subject: [UInt8]) throws -> Int {
        try forget("subject = ?", by: "metric_block_subject", [.bytes(subject)])
    }

    /// The resolutions that there are, ascending: one look along the key for each.
    public func resolutions() throws -> [Int] {
        try connected { connection in
            var resolutions: [Int] = []
            while let next = try connection.queryOne(
                """
                SELECT resolution FROM metric_block FORCE INDEX (PRIMARY) WHERE host = ? AND resolution > ? \
                ORDER BY resolution LIMIT 1
                """, [.bytes(host), .int(Int64(resolutions.last ?? 0))], { try $0.whole(0) })
            { resolutions.append(next) }
            return resolutions
        }
    }

    private func forget(_ condition: String, by index: String, _ values: [Value]) throws -> Int {
        try transaction { connection in
            let used = try usage(connection)
            var rows: [(key: MetricBlock.Key, size: Int)] = []
            try connection.query(
                """
                SELECT subject, resolution, start, size FROM metric_block FORCE INDEX (\(index)) \
                WHERE host = ? AND \(condition) LIMIT ?
                """,
                [.bytes(host)] + values + [.int(Int64(Self.pageRows))]
            ) { rows.append((try Self.key($0), try $0.whole(3))) }
            guard !rows.isEmpty else { return 0 }
            for row in rows { try delete(row.key, connection) }
            try set(usage: used - rows.reduce(0) { $0 + $1.size }, connection)
            return rows.count
        }
    }
}
