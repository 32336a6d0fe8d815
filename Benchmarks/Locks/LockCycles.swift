import Events
import MySQL
import Runner
import System

/// Lock and unlock by clients of one process, on different paths and on one, with few and with many other locks held, beside
/// etcd's way and the server's own.
enum LockCycles {
    static func measure(_ stand: Stand) async throws -> [Figure] {
        // Whoever waits looks whether the holder lives: each client's session is that of a process that only waits, and ends
        // with this one at the latest.
        let own = "\(try ProcessIdentity.current.pid)"
        let sleepers = try (0..<(stand.concurrencies.max() ?? 0)).map { _ in
            try DetachedProcess.start(Launch(["tail", "--pid=\(own)", "-f", "/dev/null"]))
        }
        defer { for sleeper in sleepers { try? sleeper.signal(Signals.kill) } }
        var clients: [Int: [LockClient]] = [:]
        for field in try await LockField.all(stand) {
            for (number, sleeper) in sleepers.enumerated() {
                let session = try await field.workload.openSession(of: sleeper.identity)
                let client = LockClient(workload: field.workload, session: session, number: number)
                clients[field.held, default: []].append(client)
            }
        }
        var figures: [Figure] = []
        for contest in Contest.allCases {
            for count in stand.concurrencies where contest.isWorthwhile(count) {
                figures += try await measure(stand, clients, count, contest)
            }
        }
        return figures
    }

    private static func measure(
        _ stand: Stand, _ clients: [Int: [LockClient]], _ count: Int, _ contest: Contest
    ) async throws -> [Figure] {
        let seconds = stand.roundSeconds
        var rounds = LockRounds()
        for _ in 0..<(contest == .apart ? stand.rounds : stand.fewRounds) {
            for held in LockField.held {
                let crew = clients[held] ?? []
                let round = try await waiting(count, seconds: seconds) { worker, _ in
                    try await crew[worker].cycle(contest)
                }
                rounds.ours[held, default: []].append(round)
            }
            rounds.named.append(
                try await Room.laps(count, seconds: seconds, stand.server.endpoint) { connection, worker in
                    try NamedLock.cycle(connection, worker, contest)
                })
            if let port = stand.etcd, contest == .apart { rounds.etcd.append(try mutexes(port, count, seconds)) }
        }
        return rounds.figures(
            "lock + unlock\(contest.text), \(count) concurrent", isTarget: count == 64 && contest == .apart)
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
