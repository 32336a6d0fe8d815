import Collector
import EventStore
import Events
import MySQL
import Runner
import System

/// A month of 200 apps' history, written by the real coder and store in the order of time: what it takes on the disk, and what it
/// costs to show one metric of one app.
enum MonthOfHistory {
    private static let apps = 200
    /// So many apps have a history of their own making; the others have the same under their names.
    private static let distinct = 10
    /// Milliseconds.
    private static let (minute, hour, day) = (60_000, 3_600_000, 86_400_000)
    /// At the usual interval.
    private static let (finest, secondsKept) = (10_000, 6 * hour)
    private static let budget = 200 << 20
    /// Transactions of which something is to be cleared away yet.
    private static let longestUndo: Int64 = 50

    static func measure(_ stand: Stand) async throws -> [Figure] {
        let days = stand.isQuick ? 4 : 30
        let site = try await stand.log("month").site
        let now = WallTime.now
        let end = Int(now.microseconds / 1000)
        var month = try Month(site.endpoint, host: site.host)
        let start = Clock.now
        try await month.fill(from: end - days * day, to: end)
        let seconds = Clock.seconds(since: start)
        let since = Timestamp(microseconds: (end - days * day) * 1000)
        return [
            Figure(
                name: "history of \(days) days and \(apps) apps, written (\(month.rows) blocks)", value: seconds,
                unit: "s"),
            try month.file(of: stand, "month"),
            try await shown(
                stand, site, since, "of one metric of one app over \(days) days", ["cpu_seconds", "--app", "app7"]),
            try await shown(stand, site, since, "of all metrics of one app over \(days) days", ["--app", "app7"]),
        ]
    }

    /// `interlock metrics show` as a command, by the shell's clock.
    private static func shown(
        _ stand: Stand, _ site: Site, _ since: Timestamp, _ what: String, _ words: [String]
    ) async throws -> Figure {
        let times = stand.isQuick ? 5 : 20
        let command =
            [try stand.program("interlock"), "metrics", "show"] + words + ["--since", "\(since)"]
            + ["--state-dir", site.stateDirectory, "--database", "\(site.endpoint)"]
        let script = """
            TIMEFORMAT='%R %U %S'
            lines=$("$@" | wc -l) || exit 1
            ((lines > 10)) || { echo "only $lines lines"; exit 1; }
            for _ in {1..\(times)}; do time "$@" >/dev/null; done 2>&1
            """
        let outcome = try await BoundedCommand.run(
            Launch(["bash", "-c", script, "bash"] + command), within: .seconds(120))
        let text = String(decoding: outcome.output, as: UTF8.self)
        let rows = text.split(separator: "\n").map { $0.split(separator: " ").compactMap { Double($0) } }
        guard outcome.end.cause == .exited(0), rows.count == times, rows.allSatisfy({ $0.count == 3 }) else {
            throw Failure(description: "metrics show: \(text)")
        }
        let cpu = rows.map { ($0[1] + $0[2]) * 1000 }.median
        return Figure(
            name: "metrics show \(what), by the clock (processor time \(cpu.short) ms)",
            value: rows.map { $0[0] * 1000 }.median, unit: "ms")
    }

    /// What is being written.
    private struct Month {
        private let endpoint: Endpoint
        private let store: MetricStore
        private(set) var rows = 0
        private var open = OpenHistory(interval: minute)
        private var levels = (0..<distinct).map { SyntheticApp(seed: UInt64($0 + 1)) }

        init(_ endpoint: Endpoint, host: String) throws {
            self.endpoint = endpoint
            store = try MetricStore(endpoint, host: host)
        }

        mutating func fill(from start: Int, to end: Int) async throws {
            try await fill(from: start, to: end - secondsKept, each: minute)
            open.interval = finest
            try await fill(from: end - secondsKept, to: end, each: finest)
        }

        private mutating func fill(from start: Int, to end: Int, each interval: Int) async throws {
            var time = start
            while time < end {
                let at = WallTime(microseconds: Int64(time) * 1000)
                for index in levels.indices {
                    open.take(Readings(at: at, levels[index].readings(of: "app\(index)", at: time)))
                }
                let next = time + interval
                let length = interval * Ladder.stepsPerBlock
                // Blocks of seconds are written each minute, as the service does; those of minutes when they are over.
                let isDue = interval == minute ? next % length < interval : next % minute < interval
                if isDue || next >= end { try await flush(before: next, each: interval) }
                time = next
            }
        }

        private mutating func flush(before time: Int, each interval: Int) async throws {
            for key in open.unmerged { open.merge(nil, into: key) }
            let keys = open.unwritten
            try await write(keys.compactMap { open.block($0) })
            for key in keys { _ = open.wrote(key) }
            try awaitPurge()
            guard interval == minute else { return }
            open.forget(endedBefore: time)
            for resolution in Ladder.coarse where resolution > minute {
                for index in 0..<distinct { try await rollUp(.app("app\(index)"), resolution, before: time) }
            }
            for resolution in try await store.resolutions() {
                let kept = Ladder.kept(resolution, of: 30 * day)
                while try await store.forget(resolution: resolution, before: time - kept) > 0 {}
            }
        }

        /// What was deleted makes room when InnoDB has cleared it away: in the minute between two writes, which are none here.
        private func awaitPurge() throws {
            let connection = try Connection(endpoint)
            let waiting = "SELECT `count` FROM information_schema.innodb_metrics WHERE name = 'trx_rseg_history_len'"
            while try connection.queryOne(waiting, [], { try $0.int(0) }) ?? 0 > longestUndo { Pause.milliseconds(5) }
        }

        /// The coarse block that has ended last, once.
        private mutating func rollUp(_ subject: Subject, _ resolution: Int, before time: Int) async throws {
            let length = resolution * Ladder.stepsPerBlock
            let span = BlockKey(subject, resolution, at: time - length)
            guard span.end > time - Ladder.stepsPerBlock * minute, let stored = subject.stored else { return }
            let finer = try await store.blocks(
                of: stored, resolutions: Ladder.finer(than: resolution), from: 2 * span.start - span.end, to: span.end)
            let blocks = try finer.map { block in
                let key = BlockKey(subject: subject, resolution: block.key.resolution, start: block.key.start)
                return try HistoryBlock(key, encoded: block.data ?? [])
            }
            try await write([RollUp.block(span, from: blocks).block])
        }

        /// Each for all apps that have the same.
        private mutating func write(_ blocks: [HistoryBlock]) async throws {
            var stored: [MetricBlock] = []
            for block in blocks where block.count > 0 {
                guard case .app(let id) = block.key.subject, let number = Int(id.dropFirst(3)),
                    let data = block.encoded()
                else { continue }
                for app in stride(from: number, to: apps, by: distinct) {
                    guard let subject = Subject.app("app\(app)").stored else { continue }
                    let key = MetricBlock.Key(
                        subject: subject, resolution: block.key.resolution, start: block.key.start)
                    stored.append(
                        MetricBlock(key, data: data, isRolledUp: Ladder.coarser(than: key.resolution) == nil))
                }
            }
            rows += stored.count
            var rest = stored[...]
            while !rest.isEmpty {
                _ = try await store.write(Array(rest.prefix(256)), budget: budget)
                rest = rest.dropFirst(256)
            }
        }

        /// The table's file beside what the history may take.
        func file(of stand: Stand, _ database: String) throws -> Figure {
            let connection = try Connection(stand.endpoint(database))
            let size = try connection.queryOne(
                "SELECT CAST(file_size AS SIGNED) FROM information_schema.innodb_sys_tablespaces WHERE name = ?",
                [.bytes(Array("\(database)/metric_block".utf8))]
            ) { try $0.int(0) }
            let data = try connection.queryOne(
                "SELECT CAST(COALESCE(SUM(LENGTH(data)), 0) AS SIGNED) FROM metric_block"
            ) { try $0.int(0) }
            let megabyte = Double(1 << 20)
            let value = Double(size ?? 0) / megabyte
            return Figure(
                name: "the table's file (\((Double(data ?? 0) / megabyte).short) MB of data)", value: value, unit: "MB",
                peer: "metrics.disk", peerValue: Double(budget) / megabyte, ratio: value * megabyte / Double(budget),
                target: .atMost(1))
        }
    }
}
