import Histogram
import System

/// What one round of one thing came to.
struct Round: Sendable {
    var count = 0
    var seconds = 0.0
    /// Nanoseconds.
    var latencies = Histogram<UInt32>(highestTrackableValue: 120_000_000_000, numberOfSignificantValueDigits: .three)

    /// How often a second.
    var rate: Double { seconds > 0 ? Double(count) / seconds : 0 }

    /// A percentile of the latencies.
    func milliseconds(_ percentile: Double) -> Double { Double(latencies.valueAtPercentile(percentile)) / 1e6 }

    mutating func record(_ nanoseconds: UInt64) {
        count += 1
        _ = latencies.record(max(1, nanoseconds))
    }

    mutating func add(_ other: Round) {
        count += other.count
        latencies.add(other.latencies)
    }
}

/// A loop's clock: laps until the time is up.
struct Laps {
    var round = Round()
    private var last: UInt64
    private let end: UInt64

    init(until end: UInt64) {
        self.end = end
        last = MonotonicTime.now.nanoseconds
    }

    /// Takes what has passed since the last lap; false when the time is up.
    mutating func lap() -> Bool {
        let now = MonotonicTime.now.nanoseconds
        round.record(now - last)
        last = now
        return now < end
    }

    /// Takes `waited`, the part of the lap that is of interest.
    mutating func lap(_ waited: UInt64) -> Bool {
        last = MonotonicTime.now.nanoseconds
        round.record(waited)
        return last < end
    }
}

/// `body`, again and again, from `count` tasks at once until the time is up. It is given its task's number and its turn.
func concurrently(
    _ count: Int, seconds: Double, _ body: @escaping @Sendable (_ worker: Int, _ turn: Int) async throws -> Void
) async throws -> Round {
    try await waiting(count, seconds: seconds) { worker, turn in
        let start = Clock.now
        try await body(worker, turn)
        return Clock.now - start
    }
}

/// The same with a `body` that says itself how many nanoseconds it waited.
func waiting(
    _ count: Int, seconds: Double, _ body: @escaping @Sendable (_ worker: Int, _ turn: Int) async throws -> UInt64
) async throws -> Round {
    let start = MonotonicTime.now.nanoseconds
    let end = start + UInt64(seconds * 1e9)
    var whole = try await withThrowingTaskGroup(of: Round.self) { group in
        for worker in 0..<count {
            group.addTask {
                var laps = Laps(until: end)
                var turn = 0
                var waited: UInt64
                repeat {
                    waited = try await body(worker, turn)
                    turn += 1
                } while laps.lap(waited)
                return laps.round
            }
        }
        return try await group.reduce(into: Round()) { $0.add($1) }
    }
    whole.seconds = Double(MonotonicTime.now.nanoseconds - start) / 1e9
    return whole
}

/// `body` so many times, one after the other.
func repeatedly(_ count: Int, _ body: () async throws -> Void) async rethrows -> Round {
    let start = MonotonicTime.now.nanoseconds
    var laps = Laps(until: .max)
    for _ in 0..<count {
        try await body()
        _ = laps.lap()
    }
    var round = laps.round
    round.seconds = Double(MonotonicTime.now.nanoseconds - start) / 1e9
    return round
}

extension [Round] {
    /// The median of the rounds' rates.
    var rate: Double { map(\.rate).median }

    /// The latencies of all rounds.
    var whole: Round { reduce(into: Round()) { $0.add($1) } }

    /// The median of the rounds' ratios to the rounds beside them.
    func ratio(to peers: [Round]) -> Double? {
        guard !peers.isEmpty, peers.allSatisfy({ $0.rate > 0 }) else { return nil }
        return zip(self, peers).map { $0.rate / $1.rate }.median
    }
}

extension [Double] {
    var median: Double { isEmpty ? 0 : sorted()[count / 2] }
}

/// The monotonic clock, in nanoseconds.
enum Clock {
    static var now: UInt64 { MonotonicTime.now.nanoseconds }

    static func seconds(since start: UInt64) -> Double { Double(now - start) / 1e9 }
}
