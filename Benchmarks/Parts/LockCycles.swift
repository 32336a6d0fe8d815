import Events
import MySQL
import Runner

/// Lock and unlock of different paths, with few and with many other locks held, beside etcd's way and the server's own.
enum LockCycles {
    static let few = 10
    static let many = 10_000

    static func measure(_ stand: Stand) async throws -> [Figure] {
        let small = try Workload(site: try await stand.log("locks_few"))
        let large = try Workload(site: try await stand.log("locks_many"))
        try await small.hold(few)
        try await large.hold(many)
        var figures: [Figure] = []
        for clients in stand.concurrencies { figures += try await measure(stand, small, large, clients) }
        return figures
    }

    private static func measure(
        _ stand: Stand, _ small: Workload, _ large: Workload, _ clients: Int
    ) async throws -> [Figure] {
        var (withFew, withMany, etcd, bare) = ([Round](), [Round](), [Round](), [Round]())
        for _ in 0..<stand.rounds {
            withFew.append(try await cycles(small, clients, stand.roundSeconds))
            withMany.append(try await cycles(large, clients, stand.roundSeconds))
            bare.append(try await namedLocks(stand, clients))
            if let port = stand.etcd { etcd.append(try mutexes(port, clients, stand.roundSeconds)) }
        }
        let name = "lock + unlock, \(clients) concurrent"
        let isTarget = clients == 64
        func figure(_ peer: String, _ rounds: [Round], _ target: Figure.Target?) -> Figure {
            Figure(
                name: name, value: withFew.rate, unit: "/s", latencies: withFew.whole.latencies, peer: peer,
                peerValue: rounds.rate, ratio: withFew.ratio(to: rounds), target: target)
        }
        var figures: [Figure] = []
        if !etcd.isEmpty {
            let mutex = "etcd put-if-absent + delete (p50 \(etcd.whole.latencies.millisecond(50)) ms)"
            figures.append(figure(mutex, etcd, isTarget ? .atLeast(4) : nil))
        }
        figures.append(figure("GET_LOCK + RELEASE_LOCK (nothing durable)", bare, nil))
        figures.append(
            Figure(
                name: "\(name), \(many) locks held", value: withMany.rate, unit: "/s",
                latencies: withMany.whole.latencies, peer: "the same with \(few) held", peerValue: withFew.rate,
                ratio: withMany.ratio(to: withFew), target: isTarget ? .atLeast(0.5) : nil))
        return figures
    }

    private static func cycles(_ workload: Workload, _ clients: Int, _ seconds: Double) async throws -> Round {
        var sessions: [SessionID] = []
        for number in 0..<clients { sessions.append(try await workload.openSession(number)) }
        let holders = sessions
        let round = try await concurrently(clients, seconds: seconds) { worker, _ in
            try await workload.cycle("/app/\(worker)", holders[worker])
        }
        for session in sessions { try await workload.end(session) }
        return round
    }

    private static func namedLocks(_ stand: Stand, _ clients: Int) async throws -> Round {
        try await Room.laps(clients, seconds: stand.roundSeconds, stand.server.endpoint) { connection, worker, _ in
            let name = [Value.text("bench/\(worker)")]
            for function in ["GET_LOCK(?, 0)", "RELEASE_LOCK(?)"] {
                let done = try connection.queryOne("SELECT \(function)", name) { try $0.int(0) }
                guard done == 1 else { throw Failure(description: "\(function) was refused") }
            }
        }
    }

    private static func mutexes(_ port: UInt16, _ clients: Int, _ seconds: Double) throws -> Round {
        let etcd = try Etcd(port: port)
        let lease = try EtcdCall.leaseID(try etcd.call(.lease(seconds: 600)))
        guard EtcdCall.isLocked(try etcd.call(.lock("bench/probe", lease: lease))),
            !EtcdCall.isLocked(try etcd.call(.lock("bench/probe", lease: lease)))
        else { throw Failure(description: "etcd's lock is none") }
        _ = try etcd.call(.unlock("bench/probe"))
        return try Etcd.load(port: port, clients: clients, seconds: seconds, steps: 2) { client, _, step in
            step == 0 ? .lock("bench/lock/\(client)", lease: lease) : .unlock("bench/lock/\(client)")
        }
    }
}
