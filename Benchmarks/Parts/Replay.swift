import EventStore
import Events
import MySQL
import Projections
import Runner

/// A log of lock cycles and tasks, decoded and folded, beside the raw scan of its table.
enum Replay {
    static func measure(_ stand: Stand) async throws -> [Figure] {
        let workload = try Workload(site: try await stand.log("replay"))
        let count = try await fill(workload, stand.isQuick ? 30_000 : 300_000)
        let endpoint = workload.site.site.endpoint
        let room = try Room(endpoint)
        let scan = try LogScan(endpoint)
        _ = try await raw(room)
        var (folded, decoded, bare) = ([Round](), [Round](), [Round]())
        for _ in 0..<stand.rounds {
            bare.append(try await raw(room))
            decoded.append(
                try await timed(count) {
                    try await scan.read(1...count) { event in _ = try event.fact() }
                })
            folded.append(try await timed(count) { _ = try await scan.state(Platform.self, at: count) })
        }
        func figure(_ name: String, _ rounds: [Round], _ target: Figure.Target?) -> Figure {
            Figure(
                name: "\(name) \(count) events", value: rounds.rate, unit: "/s", peer: "raw scan of the table",
                peerValue: bare.rate, ratio: rounds.ratio(to: bare), target: target)
        }
        return [figure("replay: decode and fold", folded, .atLeast(0.3)), figure("replay: decode only", decoded, nil)]
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
