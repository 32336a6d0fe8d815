import Seeds
import Testing

@testable import Collector

@Suite("Coarser blocks")
struct RollUpTests {
    /// Levels of one series at moments, and blocks of them.
    private struct Levels {
        var all: [(time: Int, level: Double)] = []
        var blocks: [BlockKey: HistoryBlock] = [:]

        mutating func add(_ level: Double, at time: Int, every interval: Int) {
            let key = BlockKey(.host, interval, at: time)
            let index = key.index(of: time)
            blocks[key, default: HistoryBlock(key)].tracks[name("m"), default: Track()][index] = step(level)
            // A step is told by when it begins.
            all.append((key.start + index * interval, LevelCode(level)?.level ?? .nan))
        }

        /// As a model has it: straight from the levels.
        func expected(in range: Range<Int>) -> (count: Int, mean: Double, low: Double, high: Double, last: Double)? {
            let levels = all.filter { range.contains($0.time) }.sorted { $0.time < $1.time }.map(\.level)
            guard let low = levels.min(), let high = levels.max(), let last = levels.last else { return nil }
            return (levels.count, levels.reduce(0, +) / Double(levels.count), low, high, last)
        }
    }

    @Test("know of each step what a model does, at any interval and over gaps", arguments: 0..<30)
    func model(seed: Int) throws {
        var random = Random(seed: seed)
        let interval = [1000, 7000, 10_000, 25_000, 30_000, 59_000][seed % 6]
        var levels = Levels()
        var time = dawn
        while time < dawn + 72_000_000 {
            if random.chance(2) { time += random.below(3_000_000) / interval * interval }
            levels.add(Double(random.below(100_000)) / 9, at: time, every: interval)
            time += interval * (random.chance(20) ? 7 : 1)
        }
        let minutes = rolled(Array(levels.blocks.values), to: 60_000)
        let tens = rolled(minutes, to: 600_000)
        for block in minutes + tens {
            let track = try #require(block.tracks[name("m")])
            for index in 0..<Ladder.stepsPerBlock {
                let start = block.key.start + index * block.key.resolution
                let expected = levels.expected(in: start..<start + block.key.resolution)
                guard let expected, let step = track[index] else {
                    #expect(expected == nil && track[index] == nil)
                    continue
                }
                #expect(step.count == expected.count)
                #expect(
                    (step.low.level, step.high.level, step.last.level) == (expected.low, expected.high, expected.last))
                // The code of a mean is made anew on each rung.
                #expect(abs(step.mean.level - expected.mean) <= expected.mean / 1000)
            }
        }
    }

    /// All blocks of a resolution that these reach into.
    private func rolled(_ finer: [HistoryBlock], to resolution: Int) -> [HistoryBlock] {
        let keys = Set(
            finer.flatMap { [$0.key.start, $0.key.end - 1].map { BlockKey(.host, resolution, at: $0) } })
        return keys.map { RollUp.block($0, from: finer).block }.filter { $0.count > 0 }.sorted {
            $0.key.start < $1.key.start
        }
    }

    @Test(
        "are the same when they are made again, and lose nothing when what they were made of is gone", arguments: 0..<20
    )
    func again(seed: Int) throws {
        var random = Random(seed: seed)
        var finer: [HistoryBlock] = []
        for index in 0..<6 { finer.append(.any(&random, key: BlockKey(.host, 10_000, at: dawn + index * 1_200_000))) }
        let key = BlockKey(.host, 60_000, at: dawn)
        let whole = RollUp.block(key, from: finer).block
        #expect(RollUp.block(key, from: finer, onto: whole).block == whole)
        #expect(RollUp.block(key, from: Array(finer.dropFirst(random.below(6))), onto: whole).block == whole)
        let part = RollUp.block(key, from: Array(finer.dropFirst(random.below(6)))).block
        #expect(RollUp.block(key, from: finer, onto: part).block == whole)
    }

    @Test("are bounded in series: those that were there first stay, and steps of others are counted")
    func series() {
        let most = OpenHistory.maximumSeries
        let key = BlockKey(.host, 60_000, at: dawn)
        func block(_ names: Range<Int>, at time: Int, steps: Int) -> HistoryBlock {
            var block = HistoryBlock(BlockKey(.host, 10_000, at: time))
            var track = Track()
            for index in 0..<steps { track[index] = step(1) }
            for number in names { block.tracks[name("m\(number)")] = track }
            return block
        }
        let first = block(0..<most - 10, at: dawn, steps: 2)
        let second = block(most - 20..<most + 5, at: dawn + 1_200_000, steps: 3)
        let (whole, dropped) = RollUp.block(key, from: [second, first])
        #expect(whole.tracks.count == most && dropped == 5 * 3)
        #expect(first.tracks.keys.allSatisfy { whole.tracks[$0] != nil })
        let again = RollUp.block(key, from: [second, first])
        #expect(again.block == whole && again.dropped == dropped)
        // Also those of which only the stored block knows.
        let (kept, lost) = RollUp.block(key, from: [second], onto: whole)
        #expect(kept == whole && lost == 5 * 3)
        #expect(RollUp.block(key, from: [first]).dropped == 0)
    }

    @Test("have a mean that lies between, of levels that cannot be added up")
    func huge() throws {
        var sum = StepSum()
        for level in [Double.greatestFiniteMagnitude, -.greatestFiniteMagnitude, .greatestFiniteMagnitude] {
            sum.add(step(level))
        }
        let step = try #require(sum.step)
        #expect(step.low <= step.mean && step.mean <= step.high && step.count == 3)
    }
}
