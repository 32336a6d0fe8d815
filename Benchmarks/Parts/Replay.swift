import EventStore
import Events
import MySQL
import Projections
import Runner
import System

/// A log of lock cycles and tasks, decoded and folded, from its rows beside the raw scan of its table, and from its export
/// beside `lz4 -dc`; and a jump into the middle of it.
enum Replay {
    static func measure(_ stand: Stand) async throws -> [Figure] {
        let workload = try Workload(site: try await stand.log("replay"))
        let count = try await fill(workload, stand.isQuick ? 30_000 : 1_000_000)
        let scan = try LogScan(workload.site.site.endpoint)
        let room = try Room(workload.site.site.endpoint)
        let file = stand.directory + "/replay.lz4"
        let exported = try await export(scan, count, to: file)
        let export = HistorySource.file(try ExportedLog(path: file))
        _ = try await raw(room)
        var (rows, decoded, bare, folded, unpacked) = ([Round](), [Round](), [Round](), [Round](), [Round]())
        for _ in 0..<(stand.isQuick ? 3 : 5) {
            bare.append(try await raw(room))
            decoded.append(
                try await timed(count) { try await scan.read(1...count) { event in _ = try event.fact() } })
            rows.append(
                try await timed(count) {
                    _ = try await scan.reduce(1...count, into: Platform()) { try $0.evolve(try $1.fact()) }
                })
            folded.append(try await timed(count) { _ = try await export.platform(at: count) })
            unpacked.append(try await timed(count) { try await run(["lz4", "-dcq", file]) })
        }
        func figure(_ name: String, _ rounds: [Round], _ peer: String, _ peers: [Round], _ target: Double?) -> Figure {
            Figure(
                name: "\(name) \(count) events", value: rounds.rate, unit: "/s", peer: peer, peerValue: peers.rate,
                ratio: rounds.ratio(to: peers), target: target.map { .atLeast($0) })
        }
        let (table, command) = ("raw scan of the table", "lz4 -dc of the same")
        return [
            figure("replay: decode and fold", rows, table, bare, 0.3),
            figure("replay: decode only", decoded, table, bare, nil),
            figure("replay from an LZ4 export:", folded, table, bare, 0.3),
            figure("replay from an LZ4 export:", folded, "replay from the rows", rows, 1),
            figure("replay from an LZ4 export:", folded, command, unpacked, nil),
        ] + (try await jumps(stand, workload, count)) + (try await sizes(room, exported, count))
    }

    /// `interlock replay --at` the middle, a fresh process each.
    private static func jumps(_ stand: Stand, _ workload: Workload, _ count: Int) async throws -> [Figure] {
        let command =
            [try stand.program("interlock"), "replay", "--at", String(count / 2), "--json"] + stand.arguments
            + ["--database", stand.endpoint("replay").url]
        let whole = try await repeatedly(stand.isQuick ? 5 : 20) { try await run(command) }
        return [
            Figure(
                name: "replay --at the middle of \(count) events (\(whole.count))", value: whole.milliseconds(50),
                unit: "ms", latencies: whole.latencies, target: .atMost(500), isBoundOnValue: true)
        ]
    }

    private static func sizes(_ room: Room, _ exported: Int, _ count: Int) async throws -> [Figure] {
        let (rows, keys) = try await room.with { connection in
            try connection.run("ANALYZE TABLE event")
            var sizes = (0, 0)
            try connection.query(
                """
                SELECT data_length, index_length FROM information_schema.tables \
                WHERE table_schema = DATABASE() AND table_name = 'event'
                """
            ) { sizes = (Int(try $0.int(0)), Int(try $0.int(1))) }
            return sizes
        }
        return [
            Figure(
                name: "an event in the table, its indexes included", value: Double(rows + keys) / Double(count),
                unit: "B"),
            Figure(name: "an event in an LZ4 export", value: Double(exported) / Double(count), unit: "B"),
        ]
    }

    /// The export as `log export -o` writes it; its size in bytes.
    private static func export(_ scan: LogScan, _ count: Int, to path: String) async throws -> Int {
        var file = try ExportFile(replacing: path)
        for start in stride(from: 1, through: count, by: 1000) {
            var lines: [UInt8] = []
            for event in try await scan.events(in: start...min(count, start + 999), limit: 1000) {
                lines += view(of: event, for: .administrator).text.utf8
                lines.append(UInt8(ascii: "\n"))
            }
            try file.write(lines)
        }
        try file.finish()
        return try readFile(path, limit: 1 << 30).count
    }

    private static func run(_ arguments: [String]) async throws {
        let end = try await DetachedProcess.start(Launch(arguments)).wait()
        guard end.cause == .exited(0) else { throw Failure(description: "\(arguments) ended: \(end.evidence)") }
    }

    /// Lock cycles, and a task among eight of them; the number of events.
    private static func fill(_ workload: Workload, _ target: Int) async throws -> Int {
        let runner = try await workload.register()
        let sessions = Places<SessionID>(64)
        while true {
            let position = try await workload.site.log.head().position
            Bench.say("  \(position) of \(target) events")
            if position >= target { return position }
            _ = try await concurrently(64, seconds: 3) { worker, turn in
                if turn % 8 == 7 { return try await workload.task("app\(worker)", runner) }
                if sessions[worker] == nil { sessions[worker] = try await workload.openSession(100 + worker) }
                if let session = sessions[worker] { try await workload.cycle("/mail/box\(worker)", session) }
            }
        }
    }

    /// Every row through the same room, untouched.
    private static func raw(_ room: Room) async throws -> Round {
        try await room.with { connection in
            var round = Round()
            let start = Clock.now
            let columns = EventRows.columns.joined(separator: ", ")
            try connection.query("SELECT \(columns) FROM event ORDER BY position") { _ in round.count += 1 }
            round.seconds = Clock.seconds(since: start)
            return round
        }
    }

    private static func timed(_ count: Int, _ body: () async throws -> Void) async rethrows -> Round {
        let start = Clock.now
        try await body()
        var round = Round()
        round.count = count
        round.seconds = Clock.seconds(since: start)
        return round
    }
}
