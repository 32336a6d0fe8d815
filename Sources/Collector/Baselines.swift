internal import System

/// Makes readings of samples. A counter's growth is known only from one pass to the next: one that went back, or is of another
/// thing than before, says nothing of what happened in between. It is a new baseline, and so is one that was not told in the
/// pass before.
struct Baselines: Sendable {
    private var last: [Series: Sample] = [:]
    private var at: MonotonicTime?

    /// Counters that went back, or are of another thing than before.
    private(set) var resets = 0

    /// Without any baseline.
    init() {}

    /// The readings of a pass's samples, in their order. Each series occurs once.
    mutating func readings(of samples: [Sample], at now: MonotonicTime) -> [Reading] {
        let elapsed = at.map { Double(now.nanoseconds - $0.nanoseconds) / 1e9 } ?? 0
        var next = [Series: Sample](minimumCapacity: last.count)
        defer { (last, at) = (next, now) }
        return samples.map { sample in
            guard sample.isCounter else { return Reading(sample.series, sample.value) }
            next[sample.series] = sample
            return Reading(sample.series, sample.value, isCounter: true, rate: rate(of: sample, elapsed))
        }
    }

    private mutating func rate(of sample: Sample, _ elapsed: Double) -> Double? {
        guard let before = last[sample.series] else { return nil }
        guard before.identity == sample.identity, sample.value >= before.value else {
            resets += 1
            return nil
        }
        return elapsed > 0 ? (sample.value - before.value) / elapsed : nil
    }
}
