/// Several steps as one; they are added in the order of their times.
public struct StepSum: Sendable {
    private var count = 0
    private var mean = 0.0
    private var low = LevelCode.missing
    private var high = LevelCode.missing
    private var last = LevelCode.missing

    /// Of nothing.
    public init() {}

    /// A step weighs as much as it has levels.
    public mutating func add(_ step: Step) {
        let before = count
        count += step.count
        mean += (step.mean.level - mean) * (Double(step.count) / Double(count))
        low = before == 0 ? step.low : min(low, step.low)
        high = before == 0 ? step.high : max(high, step.high)
        last = step.last
    }

    /// Nil of nothing.
    public var step: Step? {
        guard count > 0 else { return nil }
        // What is rounded must still lie between, and huge levels have no mean that can be computed.
        let mean = min(max(LevelCode(mean) ?? last, low), high)
        return Step(count: count, mean: mean, low: low, high: high, last: last)
    }
}
