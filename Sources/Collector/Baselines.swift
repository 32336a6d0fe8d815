internal import System

/// Makes readings of samples. A counter's growth is known only from one pass to the next: one that went back, or is of another
/// thing than before, says nothing of what happened in between. It is a new baseline, and so is one that was not told in the
/// pass before.
struct Baselines: Sendable {
    /// What is known of a counter, and of which pass.
    private struct Baseline {
        var value: Double
        var identity: Identity
        var pass: Int
    }

    private var last: [Series: Baseline] = [:]
    private var passes = 0
    private var at: MonotonicTime?

    /// Counters that went back, or are of another thing than before.
    private(set) var resets = 0

    /// Without any baseline.
    init() {}

    /// The readings of a pass's samples, in their order. Each series occurs once.
    mutating func readings(of samples: [Sample], at now: MonotonicTime) -> [Reading] {
        let elapsed = at.map { Double(now.nanoseconds - min(now, $0).nanoseconds) / 1e9 } ?? 0
        passes += 1
        var told = 0
        let readings = samples.map { sample in
            guard sample.isCounter else { return Reading(sample.series, sample.value) }
            told += 1
            return Reading(sample.series, sample.value, isCounter: true, rate: rate(of: sample, elapsed))
        }
        if told < last.count { last = last.filter { $0.value.pass == passes } }
        at = now
        return readings
    }

    /// In place: there are thousands of them, each second.
    private mutating func rate(of sample: Sample, _ elapsed: Double) -> Double? {
        let next = Baseline(value: sample.value, identity: sample.identity, pass: passes)
        guard let index = last.index(forKey: sample.series) else {
            last[sample.series] = next
            return nil
        }
        let before = last.values[index]
        last.values[index] = next
        guard before.identity == next.identity, next.value >= before.value else {
            resets += 1
            return nil
        }
        return elapsed > 0 ? (next.value - before.value) / elapsed : nil
    }
}
