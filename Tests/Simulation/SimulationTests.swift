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
        let seeds = Setting.seeds(Self.defaultSeeds, soak: Self.soakSeeds)
        let lanes = 2
        let failures = await withTaskGroup(of: [String].self) { group in
            for lane in 0..<lanes {
                group.addTask {
                    for seed in stride(from: seeds.lowerBound + lane, to: seeds.upperBound, by: lanes) {
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
        return shrunk(history, violation).map { "INTERLOCK_SEED=\(seed) breaks: \($0)" }
    }

    /// The rule that `history` breaks, with as few actions as break the same one and what came of them; nil when none is
    /// broken. Left out is whatever is not needed, from the end, until nothing more can go.
    static func shrunk(_ history: [Action], _ violation: ([Action]) -> Broken?) -> String? {
        guard var broken = violation(history) else { return nil }
        var history = Array(history[...broken.step])
        var isShrinking = true
        while isShrinking {
            isShrinking = false
            for index in history.indices.reversed() where index < history.count {
                var shorter = history
                shorter.remove(at: index)
                guard let still = violation(shorter), still.rule == broken.rule else { continue }
                history = Array(shorter[...still.step])
                broken = still
                isShrinking = true
            }
        }
        let steps = history.map { "    \($0)" }.joined(separator: "\n")
        return "\(broken.rule)\n\(steps)\n\(broken.log)"
    }

    struct Broken {
        var rule: String
        var step: Int
        var log: String

        init(_ rule: String, step: Int, _ facts: [Fact]) {
            (self.rule, self.step) = (rule, step)
            let lines = facts.map {
                "    \($0.position) \($0.event.kind.rawValue) " + String(decoding: $0.event.payload, as: UTF8.self)
            }
            log = lines.joined(separator: "\n")
        }
    }

    static func violation(of history: [Action]) -> Broken? {
        var world = World()
        for (step, action) in history.enumerated() {
            do {
                try world.step(action)
            } catch {
                let rule = (error as? Violation)?.rule ?? "\(error)"
                return Broken(rule, step: step, world.facts)
            }
        }
        return nil
    }
}
