import Seeds
import Testing

@testable import Collector

@Suite("A counter")
struct BaselineTests {
    private static func counter(_ value: Double, _ name: String = "vda", identity: Identity = .none) -> Sample {
        Sample(Series(.diskReads, name), value, identity: identity)
    }

    @Test("has grown since the pass before; at first nobody knows")
    func grown() {
        var baselines = Baselines()
        #expect(baselines.steps([Self.counter(5)]) == [.first])
        #expect(baselines.steps([Self.counter(7)]) == [.grown(2)])
        #expect(baselines.steps([Self.counter(7)]) == [.grown(0)])
    }

    @Test("that went back, or is of another thing, says nothing of what happened, and begins anew")
    func reset() {
        var baselines = Baselines()
        _ = baselines.steps([Self.counter(5)])
        #expect(baselines.steps([Self.counter(3)]) == [.reset])
        #expect(baselines.steps([Self.counter(4)]) == [.grown(1)])
        // A new container has counted more than the old one.
        #expect(baselines.steps([Self.counter(9, identity: Identity(1, 2))]) == [.reset])
        #expect(baselines.steps([Self.counter(10, identity: Identity(1, 2))]) == [.grown(1)])
        #expect(baselines.steps([Self.counter(11, identity: Identity(1, 3))]) == [.reset])
    }

    @Test("that was not told in a pass is a new one: what came between is nobody's")
    func gap() {
        var baselines = Baselines()
        _ = baselines.steps([Self.counter(5)])
        #expect(baselines.steps([]) == [])
        #expect(baselines.steps([Self.counter(6)]) == [.first])
    }

    @Test("does what a plain list of all passes says", arguments: Setting.seeds(200, soak: 20_000))
    func model(seed: Int) {
        var random = Random(seed: seed)
        var baselines = Baselines()
        var passes: [[String: Sample]] = [[:]]
        for _ in 0..<40 {
            let names = ["a", "b", "c", "d"].filter { _ in random.chance(80) }
            let counters = names.shuffled(using: &random).map { name in
                let before = passes.last?[name]
                let grown = (before?.value ?? 0) + Double(random.below(100))
                let value = random.chance(10) ? Double(random.below(50)) : grown
                let identity =
                    random.chance(10) ? Identity(random.next() % 3, random.next() % 3) : before?.identity ?? .none
                return Self.counter(value, name, identity: identity)
            }
            let steps = baselines.steps(counters)
            for (counter, step) in zip(counters, steps) {
                let before = passes.last?[counter.series.label]
                switch step {
                case .first: #expect(before == nil)
                case .grown(let growth):
                    #expect(growth >= 0 && before?.identity == counter.identity)
                    #expect((before?.value).map { $0 + growth } == counter.value)
                case .reset:
                    #expect(before.map { $0.identity != counter.identity || $0.value > counter.value } == true)
                }
            }
            #expect(steps.count == counters.count)
            passes.append(Dictionary(uniqueKeysWithValues: counters.map { ($0.series.label, $0) }))
        }
    }
}
