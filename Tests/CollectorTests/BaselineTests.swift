import Seeds
import System
import Testing

@testable import Collector

@Suite("A counter")
struct BaselineTests {
    private static func counter(_ value: Double, _ name: String = "vda", identity: Identity = .none) -> Sample {
        Sample(Series(.diskReads, name), value, isCounter: true, identity: identity)
    }

    /// Passes, of which one follows the other by two seconds.
    private struct Passes {
        var baselines = Baselines()
        var second: UInt64 = 0

        mutating func rates(_ samples: [Sample]) -> [Double?] {
            second += 2
            let now = MonotonicTime(nanoseconds: second * 1_000_000_000)
            return baselines.readings(of: samples, at: now).map(\.rate)
        }
    }

    @Test("has a rate since the pass before; at first nobody knows")
    func grown() {
        var passes = Passes()
        #expect(passes.rates([Self.counter(5)]) == [nil])
        #expect(passes.rates([Self.counter(7)]) == [1])
        #expect(passes.rates([Self.counter(7)]) == [0])
    }

    @Test("that went back, or is of another thing, says nothing of what happened, and begins anew")
    func reset() {
        var passes = Passes()
        _ = passes.rates([Self.counter(5)])
        #expect(passes.rates([Self.counter(3)]) == [nil])
        #expect(passes.rates([Self.counter(4)]) == [0.5])
        // A new container has counted more than the old one.
        #expect(passes.rates([Self.counter(9, identity: Identity(1, 2))]) == [nil])
        #expect(passes.rates([Self.counter(10, identity: Identity(1, 2))]) == [0.5])
        #expect(passes.rates([Self.counter(11, identity: Identity(1, 3))]) == [nil])
        #expect(passes.baselines.resets == 3)
    }

    @Test("that was not told in a pass is a new one: what came between is nobody's")
    func gap() {
        var passes = Passes()
        _ = passes.rates([Self.counter(5)])
        #expect(passes.rates([]) == [])
        #expect(passes.rates([Self.counter(6)]) == [nil])
        #expect(passes.baselines.resets == 0)
    }

    @Test("has no rate of no time; a gauge has none ever, and may fall")
    func others() {
        var baselines = Baselines()
        let now = MonotonicTime(nanoseconds: 1_000_000_000)
        _ = baselines.readings(of: [Self.counter(5)], at: now)
        #expect(baselines.readings(of: [Self.counter(6)], at: now).map(\.rate) == [nil])
        for value in [3.0, 2] {
            let gauge = Sample(Series(.uptime), value, isCounter: false)
            #expect(baselines.readings(of: [gauge], at: now) == [Reading(Series(.uptime), value)])
        }
        #expect(baselines.resets == 0)
    }

    @Test("does what a plain list of all passes says", arguments: Setting.seeds(200, soak: 20_000))
    func model(seed: Int) {
        var random = Random(seed: seed)
        var passes = Passes()
        var past: [Series: Sample] = [:]
        for _ in 0..<40 {
            let names = ["a", "b", "c", "d"].filter { _ in random.chance(80) }
            let counters = names.shuffled(using: &random).map { name in
                let before = past[Series(.diskReads, name)]
                let grown = (before?.value ?? 0) + Double(random.below(100))
                let value = random.chance(10) ? Double(random.below(50)) : grown
                let identity =
                    random.chance(10) ? Identity(random.next() % 3, random.next() % 3) : before?.identity ?? .none
                return Self.counter(value, name, identity: identity)
            }
            let rates = passes.rates(counters)
            #expect(rates.count == counters.count)
            for (counter, rate) in zip(counters, rates) {
                let before = past[counter.series]
                let isSame = before?.identity == counter.identity && (before?.value ?? 0) <= counter.value
                #expect(rate == before.flatMap { isSame ? (counter.value - $0.value) / 2 : nil }, "seed \(seed)")
            }
            past = Dictionary(uniqueKeysWithValues: counters.map { ($0.series, $0) })
        }
    }
}
