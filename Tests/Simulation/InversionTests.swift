import Events
import Projections
import Seeds
import Testing

@testable import Histories

/// Inversions of random histories beside a search through every ring of their raw events. `INTERLOCK_SEEDS=N` runs N of them,
/// `INTERLOCK_SEED=S` just the one that failed.
@Suite("Inversions in random histories")
struct InversionTests {
    static let made = 3000
    static let played = 300

    @Test("of made events are those that a search through every ring finds")
    func madeHistories() throws {
        let lengths = Self.run(Self.made) {
            MadeHistory(seed: $0, events: $0.isMultiple(of: 2) ? 60 + $0 % 120 : 20 + $0 % 50).facts
        }
        #expect(Setting.seed != nil || (2...5).allSatisfy { lengths[$0, default: 0] > 20 }, "\(lengths)")
    }

    @Test("of the platform's own runs are those that a search through every ring finds")
    func playedHistories() throws {
        let lengths = Self.run(Self.played) { seed in
            var random = Random(seed: seed)
            var world = World()
            let next = seed.isMultiple(of: 2) ? Action.random : Action.crowded
            for _ in 0..<SimulationTests.actions { _ = try? world.step(next(&random)) }
            return world.facts
        }
        #expect(Setting.seed != nil || lengths[2, default: 0] > 20, "\(lengths)")
    }

    /// How many inversions of each length were found.
    static func run(_ usual: Int, _ history: (Int) -> [Fact]) -> [Int: Int] {
        var lengths: [Int: Int] = [:]
        for seed in Setting.seeds(usual, soak: usual * 20) {
            if let failure = failure(of: history(seed), &lengths) {
                Issue.record("INTERLOCK_SEED=\(seed): \(failure)")
                break
            }
        }
        return lengths
    }

    private static func failure(of facts: [Fact], _ lengths: inout [Int: Int]) -> String? {
        var orders = LockOrders()
        for fact in facts { orders.fold(fact) }
        let inversions = orders.inversions()
        let model = OrderModel(facts)
        let expected = model.rings()
        let found = inversions.found.map { OrderModel.turned($0.ring) }
        for ring in found { lengths[ring.count, default: 0] += 1 }
        let isWhole = inversions.limits.isEmpty
        if isWhole ? Set(found) != expected : !expected.isSuperset(of: found) {
            return "found \(Set(found).subtracting(expected)), not found \(expected.subtracting(found))"
        }
        if Set(found).count != found.count { return "told twice: \(found)" }
        for (one, next) in zip(inversions.found, inversions.found.dropFirst()) where !isBefore(one, next) {
            return "not sorted: \(one.ring) before \(next.ring)"
        }
        return inversions.found.flatMap(\.orders).lazy.compactMap { misjudged($0, model) }.first
    }

    private static func isBefore(_ one: Inversion, _ next: Inversion) -> Bool {
        (one.ring.count, next.count) <= (next.ring.count, one.count)
    }

    /// Its numbers are those of the takings.
    private static func misjudged(_ order: LockOrder, _ model: OrderModel) -> String? {
        let takings = model.takings.filter {
            $0.holds == order.holds && $0.wants == order.wants && $0.held == Set(order.held)
        }
        let proofs = [order.first, order.last].map { "\($0.session) \($0.token) \($0.position)" }
        let ends = [takings.first, takings.last].compactMap { $0 }.map { "\($0.session) \($0.token) \($0.position)" }
        guard takings.count == order.count, Set(takings.map(\.session)).count == order.sessions, proofs == ends else {
            return "\(order.holds), \(order.wants): \(order.count) by \(order.sessions), \(proofs) is not \(ends)"
        }
        return nil
    }
}

extension Inversion {
    /// A single order stands for two who take it.
    fileprivate var ring: [OrderModel.Arc] {
        let arcs = orders.map { OrderModel.arc($0.holds, $0.wants) }
        return arcs.count == 1 ? arcs + arcs : arcs
    }
}
