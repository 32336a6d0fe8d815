import Seeds
import System

@testable import Collector

/// Moments in milliseconds; the first of all is the start of a block of every resolution used here.
let dawn = BlockKey(.host, 600_000, at: 1_795_843_200_000).start

func name(_ name: String, _ labels: [Label] = [], isRate: Bool = false) -> SeriesName {
    SeriesName(name: name, labels: labels, isRate: isRate)
}

func step(_ level: Double) -> Step { Step(LevelCode(level) ?? .missing) }

/// Readings of one moment: of each subject and name a gauge's value.
func readings(at milliseconds: Int, _ values: [(Subject, String, Double)]) -> Readings {
    Readings(
        at: WallTime(microseconds: Int64(milliseconds) * 1000),
        values.map { Reading(Series(name: $0.1, of: $0.0), $0.2) })
}

extension HistoryBlock {
    /// Any block: some of its series are of single levels, some have gaps, some stand still.
    static func any(_ random: inout Random, key: BlockKey = BlockKey(.host, 10_000, at: dawn)) -> HistoryBlock {
        var block = HistoryBlock(key)
        for index in 0..<random.below(12) {
            var track = Track()
            let (isSingle, isStill, gaps) = (random.chance(50), random.chance(30), random.below(60))
            var level = Double(random.below(100_000))
            for index in 0..<random.below(Ladder.stepsPerBlock + 1) where !random.chance(gaps) {
                if !isStill { level = (level - Double(random.below(2000)) / 7) * (random.chance(2) ? -1e30 : 1) }
                var sum = StepSum()
                for _ in 0..<(isSingle ? 1 : 1 + random.below(6)) {
                    sum.add(step(level * (isStill ? 1 : Double(random.below(100)))))
                }
                track[index] = sum.step
            }
            let labels = random.chance(50) ? [] : [Label("a", "\"\n\\é\(index)"), Label("b", "")]
            block.tracks[name("m\(index)", labels, isRate: random.chance(50))] = track
        }
        return block
    }

    /// Without series of which nothing is there: these are not written.
    var written: HistoryBlock { HistoryBlock(key, tracks: tracks.filter { $0.value.count > 0 }) }
}
