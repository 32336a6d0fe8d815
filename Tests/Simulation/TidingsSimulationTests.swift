import Events
import Seeds
import Testing

@testable import Histories
@testable import Projections

/// Random runs of sessions, tasks and deaths; what is to be open is counted from the events by plain means.
@Suite("Simulated tidings")
struct TidingsSimulationTests {
    static let defaultSeeds = 60
    static let soakSeeds = 20_000
    static let actions = 150

    @Test("are open as long as the events say that it is so, as often as they say it, in the same transaction")
    func seeds() throws {
        var (told, over) = (0, 0)
        for seed in Setting.seeds(Self.defaultSeeds, soak: Self.soakSeeds) {
            var random = Random(seed: seed)
            var world = World(telling: NoticeRules())
            let next = seed.isMultiple(of: 2) ? Action.random : Action.crowded
            for number in 1...Self.actions {
                try world.step(next(&random))
                guard number.isMultiple(of: 10) else { continue }
                let found = Dictionary(
                    uniqueKeysWithValues: world.platform.notifications.open.map { record in
                        ("\(record.kind) \(record.subject)", record.count + (world.platform.untold[record.id] ?? 0))
                    })
                #expect(found == Self.told(by: world.facts), "INTERLOCK_SEED=\(seed)")
            }
            for step in world.steps where step.contains(where: { $0.event.kind == .notificationRaised }) {
                #expect(!Self.told(by: step).isEmpty, "INTERLOCK_SEED=\(seed)")
            }
            told += world.facts.count { $0.event.kind == .notificationRaised }
            over += world.facts.count { $0.event.kind == .notificationResolved }
        }
        // Otherwise nothing was tried.
        #expect(Setting.seed != nil || (told > 60 && over > 0), "\(told) \(over)")
    }

    /// How often each was raised since it was over last.
    private static func told(by facts: [Fact]) -> [String: Int] {
        var open: [String: Int] = [:]
        for fact in facts {
            switch fact.event {
            case .taskFinished(let end) where !end.retry:
                switch end.outcome {
                case .succeeded: (open["task-failed t"], open["task-lost t"]) = (nil, nil)
                case .lost: open["task-lost t", default: 0] += 1
                case .stopped: break
                default: open["task-failed t", default: 0] += 1
                }
            case .lockRefused(let refused):
                let paths = refused.locks.map(\.path.text).sorted().joined(separator: " ")
                let subject = paths.isEmpty ? refused.task?.text ?? "" : paths
                open["deadlock-refused \(subject)", default: 0] += 1
            default: break
            }
        }
        return open
    }
}
