import Seeds
import System
import Testing

@testable import Collector

@Suite("What is measured")
struct OpenHistoryTests {
    private func history(_ interval: Int = 10_000, limit: Int = 1_000_000) -> OpenHistory {
        OpenHistory(interval: interval, limit: limit)
    }

    /// The steps of one block that are there.
    private func indices(_ history: inout OpenHistory, _ key: BlockKey = BlockKey(.host, 10_000, at: dawn)) -> [Int] {
        guard let track = history.block(key)?.tracks[name("m")] else { return [] }
        return (0..<track.length).filter { track[$0] != nil }
    }

    /// Everything written, as a database would.
    private func write(_ history: inout OpenHistory) -> [HistoryBlock] {
        history.unwritten.compactMap { key in
            guard let block = history.block(key) else { return nil }
            _ = history.wrote(key)
            return block
        }
    }

    @Test("leaves no gap and is not lost where passes are a little early or late")
    func jitter() {
        var random = Random(seed: 1)
        for phase in stride(from: 0, to: 10_000, by: 500) {
            var history = history()
            for pass in 0..<100 {
                let time = dawn + 10_000 + pass * 10_000 + phase + random.below(1000) - 500
                history.take(readings(at: time, [(.host, "m", Double(pass))]))
            }
            let found = indices(&history)
            #expect(found.count == 100 && found.last.map { $0 - (found.first ?? 0) } == 99, "phase \(phase): \(found)")
        }
    }

    @Test("of many things at once has all of them in one step, also where two blocks meet")
    func border() {
        var random = Random(seed: 1)
        let names = (0..<20).map { "m\($0)" }
        for phase in stride(from: 0, to: 10_000, by: 500) {
            var history = history()
            for pass in 0..<250 {
                let time = dawn + 10_000 + pass * 10_000 + phase + random.below(1000) - 500
                let host = names.map { (Subject.host, $0, Double(pass)) }
                // As a pass has it: another subject's are in between.
                history.take(readings(at: time, host.prefix(10) + [(.app("a"), "m", 1)] + host.suffix(10)))
            }
            let blocks = write(&history).filter { $0.key.subject == .host }
            for one in names {
                let steps = blocks.reduce(0) { sum, block in
                    let track = block.tracks[name(one)]
                    return sum + (0..<(track?.length ?? 0)).count { track?[$0] != nil }
                }
                #expect(steps == 250, "\(one), phase \(phase)")
            }
        }
    }

    @Test("has gaps where nothing was")
    func gaps() {
        var history = history()
        for index in [0, 1, 5, 6, 9] { history.take(readings(at: dawn + index * 10_000 + 3000, [(.host, "m", 1)])) }
        #expect(indices(&history) == [0, 1, 5, 6, 9])
    }

    @Test("of tasks, of no number and without a rate is passed over; what has too long a name is counted")
    func passedOver() {
        var history = history()
        // Half a thousandth of the time since 1970 is ten days.
        history.take(
            readings(at: dawn, [(.host, "boot_timestamp_seconds", 1.8e9), (.host, "x_start_time_seconds", 1.8e9)]))
        history.take(readings(at: dawn, [(.task("t"), "m", 1), (.host, "m", .nan), (.host, "i", .infinity)]))
        history.take(
            Readings(at: .init(microseconds: 0), [Reading(Series(name: "c"), 5, isCounter: true, rate: nil)]))
        #expect(history.waiting == 0 && history.dropped == 0)
        let long = String(repeating: "é", count: OpenHistory.maximumNameBytes)
        history.take(readings(at: dawn, [(.host, long, 1), (.app(long), "m", 1), (.app(""), "m", 1)]))
        #expect(history.waiting == 0 && history.dropped == 3)
    }

    @Test("is bounded in series of one subject")
    func series() {
        var history = history()
        history.take(readings(at: dawn, (0..<10_000).map { (.app("a"), "m\($0)", 1) } + [(.app("b"), "m", 1)]))
        #expect(history.waiting == OpenHistory.maximumSeries + 1)
        #expect(history.dropped == 10_000 - OpenHistory.maximumSeries)
    }

    @Test("waits for the database up to a bound; then the oldest goes, and is counted")
    func bounded() {
        var history = history(limit: 2000)
        for pass in 0..<5000 {
            history.take(readings(at: dawn + pass * 10_000, [(.host, "m", 1), (.app("a"), "m", 2)]))
        }
        #expect(history.waiting + history.dropped == 10_000)
        #expect(history.waiting > 1000 && history.waiting <= 2000)
        let kept = write(&history)
        #expect(kept.map(\.key.start).max() == BlockKey(.host, 10_000, at: dawn + 49_990_000).start)
        #expect(kept.reduce(0) { $0 + $1.count } == 10_000 - history.dropped)
    }

    @Test(
        "that is given up while it is being written counts once, and what comes after it is written too",
        arguments: Setting.seeds(20, soak: 5_000))
    func givenUp(seed: Int) {
        var random = Random(seed: seed)
        var history = history(limit: 300)
        var (taken, written) = (0, 0)
        var stored: [BlockKey: HistoryBlock] = [:]
        func take() {
            let subject = Subject.app("\(random.below(4))")
            history.take(readings(at: dawn + taken * (1 + seed % 3) * 3000, [(subject, "m", Double(taken))]))
            taken += 1
        }
        for _ in 0..<100 {
            for _ in 0..<random.below(10) { take() }
            for key in history.unmerged { history.merge(stored[key], into: key) }
            for key in history.unwritten {
                guard let block = history.block(key) else { continue }
                // The database takes its time, and may refuse.
                for _ in 0..<random.below(60) { take() }
                guard random.chance(70) else { continue }
                stored[key] = block
                written += history.wrote(key)
            }
            if history.waiting < 0 || history.waiting + history.dropped + written != taken {
                Issue.record("seed \(seed): \(taken) taken, \(written) written")
                return
            }
        }
        for key in history.unmerged { history.merge(stored[key], into: key) }
        for block in write(&history) { stored[block.key] = block }
        #expect(history.waiting == 0 && history.unwritten == [], "seed \(seed)")
        #expect(history.dropped > 0 || Setting.seed != nil, "seed \(seed)")
    }

    @Test("is written once, and what is stored of the same block stays", arguments: 0..<20)
    func restarts(seed: Int) throws {
        var random = Random(seed: seed)
        var stored: [BlockKey: HistoryBlock] = [:]
        var expected: [Int: Double] = [:]
        var history = history()
        for pass in 0..<500 {
            let time = dawn + pass * 10_000
            if random.chance(3) { history = self.history() }
            history.take(readings(at: time, [(.host, "m", Double(pass))]))
            guard random.chance(20) else { continue }
            for key in history.unmerged { history.merge(stored[key], into: key) }
            for block in write(&history) {
                // A crash between any two of them leaves the others to be lost with the process.
                guard !random.chance(5) else {
                    history = self.history()
                    break
                }
                stored[block.key] = block
                for index in 0..<120 {
                    if let step = block.tracks[name("m")]?[index] {
                        expected[block.key.start + index * 10_000] = step.mean.level
                    }
                }
            }
        }
        let found = Course.all(of: Array(stored.values), in: dawn..<Int.max)[name("m")] ?? []
        #expect(Dictionary(uniqueKeysWithValues: found.map { ($0.start, $0.step.mean.level) }) == expected)
        #expect(expected.count > 100)
    }

    @Test("goes where it belongs when the clock jumps back and forth")
    func clock() {
        var history = history()
        var stored: [BlockKey: HistoryBlock] = [:]
        for (offset, level) in [(0, 1.0), (50_000_000, 2), (10_000, 3), (50_010_000, 4), (-90_000_000_000, 5)] {
            history.take(readings(at: dawn + offset, [(.host, "m", level)]))
            for key in history.unmerged { history.merge(stored[key], into: key) }
            for block in write(&history) { stored[block.key] = block }
        }
        let course = Course.all(of: Array(stored.values), in: Int.min..<Int.max)[name("m")] ?? []
        #expect(course.map(\.step.mean.level) == [5, 1, 3, 2, 4])
        #expect(history.dropped == 0)
    }

    @Test("is forgotten here once it is written and over")
    func forgotten() {
        var history = history()
        history.take(readings(at: dawn, [(.app("gone"), "m", 1)]))
        _ = write(&history)
        history.forget(endedBefore: dawn + 1_000_000)
        #expect(history.block(BlockKey(.app("gone"), 10_000, at: dawn)) != nil)
        history.forget(endedBefore: dawn + 1_200_000)
        #expect(history.block(BlockKey(.app("gone"), 10_000, at: dawn)) == nil)
    }
}
