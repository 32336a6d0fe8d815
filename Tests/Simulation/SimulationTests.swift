import Events
import Projections
import Seeds
import Testing

@testable import Histories

/// Random runs of many sessions, tasks, runners and deaths beside a brute-force model. `INTERLOCK_SEEDS=N` runs N of
/// them, `INTERLOCK_SEED=S` just the one that failed; `bin/test --soak` runs many more.
@Suite("Simulation")
struct SimulationTests {
    static let defaultSeeds = 1000
    static let soakSeeds = 50_000
    static let actions = 60

    @Test("Whatever happens, what is always true stays true")
    func seeds() async {
        if let seed = Setting.seed {
            if let failure = Self.failure(of: seed) { Issue.record("\(failure)") }
            return
        }
        let usual = Setting.isSoak ? Self.soakSeeds : Self.defaultSeeds
        let count = Setting.number("INTERLOCK_SEEDS") ?? usual
        let lanes = 2
        let failures = await withTaskGroup(of: [String].self) { group in
            for lane in 0..<lanes {
                group.addTask {
                    for seed in stride(from: lane, to: count, by: lanes) {
                        if let failure = Self.failure(of: seed) { return [failure] }
                    }
                    return []
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        for failure in failures { Issue.record("\(failure)") }
    }

    static func failure(of seed: Int) -> String? {
        var random = Random(seed: seed)
        var history: [Action] = []
        let next = seed.isMultiple(of: 2) ? Action.random : Action.crowded
        for _ in 0..<actions { history.append(next(&random)) }
        guard var broken = violation(of: history) else { return nil }
        history = Array(history[...broken.step])
        // Leave out whatever is not needed to break the same rule, from the end, until nothing more can go.
        var isShrinking = true
        while isShrinking {
            isShrinking = false
            for index in history.indices.reversed() where index < history.count {
                var shorter = history
                shorter.remove(at: index)
                guard let still = violation(of: shorter), still.rule == broken.rule else { continue }
                history = Array(shorter[...still.step])
                broken = still
                isShrinking = true
            }
        }
        let steps = history.map { "    \($0)" }.joined(separator: "\n")
        return "INTERLOCK_SEED=\(seed) breaks: \(broken.rule)\n\(steps)\n\(broken.log)"
    }

    struct Broken {
        var rule: String
        var step: Int
        var log: String
    }

    static func violation(of history: [Action]) -> Broken? {
        var world = World()
        for (step, action) in history.enumerated() {
            do {
                try world.step(action)
            } catch {
                let rule = (error as? Violation)?.rule ?? "\(error)"
                let log = world.facts.map {
                    "    \($0.position) \($0.event.kind.rawValue) "
                        + String(decoding: $0.event.payload, as: UTF8.self)
                }
                return Broken(rule: rule, step: step, log: log.joined(separator: "\n"))
            }
        }
        return nil
    }
}
