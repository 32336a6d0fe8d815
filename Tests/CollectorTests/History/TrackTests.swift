import Seeds
import Testing

@testable import Collector

@Suite("A series within a block")
struct TrackTests {
    /// Few levels, so that many steps are the same as the one before.
    private static func steps(_ random: inout Random) -> [(index: Int, step: Step)] {
        (0..<random.below(40)).map { place in
            var sum = StepSum()
            for _ in 0..<(random.chance(90) ? 1 : 3) { sum.add(step(Double(random.below(2)))) }
            return (random.chance(80) ? place : random.below(Ladder.stepsPerBlock), sum.step ?? step(0))
        }
    }

    @Test("tells what was put into it, whatever it is kept as", arguments: Setting.seeds(300, soak: 30_000))
    func model(seed: Int) {
        var random = Random(seed: seed)
        var (track, model): (Track, [Int: Step]) = (Track(), [:])
        for (index, step) in Self.steps(&random) {
            track[index] = step
            model[index] = step
            #expect(track.length == (model.keys.max() ?? -1) + 1 && track.count == model.count)
        }
        for index in -1...Ladder.stepsPerBlock { #expect(track[index] == model[index], "INTERLOCK_SEED=\(seed)") }
    }

    @Test("is the same as one that came to the same steps another way")
    func equal() {
        var (even, changed) = (Track(), Track())
        for index in 0..<5 {
            even[index] = step(7)
            changed[index] = step(index == 3 ? 8 : 7)
        }
        #expect(even != changed)
        changed[3] = step(7)
        #expect(even == changed)
        changed[5] = step(7)
        #expect(even != changed)
        #expect(Track() == Track() && Track() != even)
    }
}
