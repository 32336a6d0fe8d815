import EventStore
import Events
import MySQL
import Projections
import Runner

/// Appends a second: sessions that open and end, one event a command, beside bare inserts of the very same rows and
/// beside etcd's puts.
enum Appends {
    /// What peers of this size usually put.
    static let valueBytes = 200

    static func measure(_ stand: Stand) async throws -> [Figure] {
        var figures: [Figure] = []
        for clients in stand.concurrencies { figures += try await measure(stand, clients) }
        return figures
    }

    private static func measure(_ stand: Stand, _ clients: Int) async throws -> [Figure] {
        var ours: [Round] = []
        var bare: [Round] = []
        var etcd: [Round] = []
        var batches: [Int] = []
        let value = [UInt8](repeating: 0x61, count: valueBytes)
        let name = "appends_\(clients)"
        let workload = try Workload(site: try await stand.log(name))
        let (log, endpoint) = (workload.site.log, workload.site.site.endpoint)
        let room = try Room(try stand.database("bare"))
        try await room.with { try $0.run("CREATE TABLE event LIKE `\(name)`.event") }
        let sessions = Places<SessionID>(clients)
        for _ in 0..<stand.rounds {
            let (position, commits) = (try await log.head().position, try await room.commits())
            let round = try await append(workload, sessions, clients, stand.roundSeconds)
            let batch = nearestPowerOfTwo(round.count / max(1, try await room.commits() - commits))
            ours.append(round)
            batches.append(batch)
            let rows = try await Room(endpoint).with { try EventRows.after(position, $0) }
            guard rows.count == round.count * EventRows.columns.count else {
                throw Failure(description: "\(round.count) appends made \(rows.count) values")
            }
            bare.append(try await room.with { try EventRows.insert(rows, batch: batch, $0) })
            if let port = stand.etcd {
                etcd.append(
                    try Etcd.load(port: port, clients: clients, seconds: stand.roundSeconds) { client, turn, _ in
                        .put("bench/\(client)/\(turn % 1000)", value)
                    })
            }
        }
        let title = "appends, \(clients) concurrent"
        let insert = "inserts of the same rows, \(batches.map(Double.init).median.short) a commit"
        var figures = [
            Figure(
                name: title, value: ours.rate, unit: "/s", latencies: ours.whole.latencies, peer: insert,
                peerValue: bare.rate, ratio: ours.ratio(to: bare), target: clients == 64 ? .atLeast(0.5) : nil)
        ]
        if !etcd.isEmpty {
            figures.append(
                Figure(
                    name: title, value: ours.rate, unit: "/s", latencies: ours.whole.latencies,
                    peer: "etcd puts (p50 \(etcd.whole.latencies.millisecond(50)) ms)", peerValue: etcd.rate,
                    ratio: ours.ratio(to: etcd), target: clients == 64 ? .atLeast(5) : nil))
        }
        return figures
    }

    /// Each client opens a session and ends it, in turns: one event a command, and no more state at the end.
    private static func append(
        _ workload: Workload, _ sessions: Places<SessionID>, _ clients: Int, _ seconds: Double
    ) async throws -> Round {
        try await concurrently(clients, seconds: seconds) { worker, _ in
            if let session = sessions[worker] {
                try await workload.end(session)
                sessions[worker] = nil
            } else {
                sessions[worker] = try await workload.openSession(worker)
            }
        }
    }

    private static func nearestPowerOfTwo(_ number: Int) -> Int {
        var power = 1
        while power * 3 / 2 < number { power *= 2 }
        return power
    }
}

extension Room {
    /// Transactions that the server has committed so far.
    func commits() throws -> Int {
        try with { connection in
            try connection.queryOne(
                """
                SELECT CAST(VARIABLE_VALUE AS UNSIGNED) FROM information_schema.GLOBAL_STATUS \
                WHERE VARIABLE_NAME = 'COM_COMMIT'
                """
            ) { Int(try $0.uint(0)) } ?? 0
        }
    }
}
