/// Makes steps of counters. A counter that went back, or that is of another thing than before, says nothing of what happened in
/// between: it is a new baseline. So is one that was not told in the pass before.
public struct Baselines: Sendable {
    /// What a counter has done since the pass before.
    public enum Step: Sendable, Equatable {
        /// It was not told in the pass before.
        case first
        /// It has grown by so much, or stayed.
        case grown(Double)
        /// It went back, or is of another thing.
        case reset
    }

    private var last: [Series: Sample] = [:]

    /// Without any baseline.
    public init() {}

    /// The steps of a pass's counters, in their order. Each series occurs once.
    public mutating func steps(_ counters: [Sample]) -> [Step] {
        var next = [Series: Sample](minimumCapacity: counters.count)
        defer { last = next }
        return counters.map { counter in
            next[counter.series] = counter
            guard let before = last[counter.series] else { return .first }
            guard before.identity == counter.identity, counter.value >= before.value else { return .reset }
            return .grown(counter.value - before.value)
        }
    }
}
