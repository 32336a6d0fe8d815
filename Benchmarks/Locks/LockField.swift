import Events
import Runner

/// A log in which others hold some locks already.
struct LockField: Sendable {
    static let held = [10, 1000, 10_000]

    let held: Int
    let workload: Workload

    /// One with each number of locks, in a database of its own.
    static func all(_ stand: Stand) async throws -> [LockField] {
        var fields: [LockField] = []
        for held in held { fields.append(try await make(stand, held)) }
        return fields
    }

    static func make(_ stand: Stand, _ held: Int) async throws -> LockField {
        let workload = try Workload(site: try await stand.log(database(held)))
        try await workload.hold(held)
        return LockField(held: held, workload: workload)
    }

    static func database(_ held: Int) -> String { "held_\(held)" }
}

/// What the rounds with some number of clients came to.
struct LockRounds {
    /// By the number of locks that others held.
    var ours: [Int: [Round]] = [:]
    var named: [Round] = []
    var etcd: [Round] = []

    func figures(_ name: String, isTarget: Bool = false) -> [Figure] {
        let few = ours[LockField.held[0]] ?? []
        func figure(_ name: String, _ rounds: [Round], _ peer: String, _ peers: [Round]) -> Figure {
            Figure(
                name: name, value: rounds.rate, unit: "/s", latencies: rounds.whole.latencies, peer: peer,
                peerValue: peers.rate, ratio: rounds.ratio(to: peers))
        }
        var figures: [Figure] = []
        if !etcd.isEmpty {
            let peer = "etcd put-if-absent + delete (both p50 \(etcd.whole.latencies.millisecond(50)) ms)"
            figures.append(figure(name, few, peer, etcd))
            figures[0].target = isTarget ? .atLeast(4) : nil
        }
        let waits = named.whole.latencies
        let peer = "GET_LOCK, not durable (p50 \(waits.millisecond(50)), p99 \(waits.millisecond(99)) ms)"
        figures.append(figure(name, few, peer, named))
        for held in LockField.held.dropFirst() {
            var row = figure(
                "\(name), \(held) locks held", ours[held] ?? [], "the same with \(LockField.held[0]) held", few)
            row.target = isTarget && held == 10_000 ? .atLeast(0.5) : nil
            figures.append(row)
        }
        return figures
    }
}
