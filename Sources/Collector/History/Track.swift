/// What a series was over one step of time.
public struct Step: Sendable, Equatable {
    /// How many levels were measured.
    public var count: Int
    /// Their mean, the lowest, the highest and the last of them.
    public var mean, low, high, last: LevelCode

    /// One level.
    public init(_ level: LevelCode) { (count, mean, low, high, last) = (1, level, level, level, level) }

    /// `mean` lies between the others.
    init(count: Int, mean: LevelCode, low: LevelCode, high: LevelCode, last: LevelCode) {
        (self.count, self.mean, self.low, self.high, self.last) = (count, mean, low, high, last)
    }

    /// One level and nothing else.
    var isSingle: Bool { self == Step(mean) }
}

/// One series within a block, step by step. Where each step is one level it takes four bytes a step.
public struct Track: Sendable, Equatable {
    /// What there is besides the mean; as many as there are means.
    private struct Spread: Equatable {
        var counts: [Int32], lows: [LevelCode], highs: [LevelCode], lasts: [LevelCode]
    }

    private var means: [LevelCode] = []
    private var spread: Spread?
    /// Steps that are there.
    private(set) var count = 0

    /// Nothing yet.
    public init() {}

    /// Steps up to the last one that is there.
    public var length: Int { means.count }

    /// True where every step is one level.
    var isSingle: Bool { spread == nil }

    /// The step, counted from the block's start; nil where nothing was measured. Setting does not take one away.
    public subscript(index: Int) -> Step? {
        get {
            guard means.indices.contains(index), means[index] != .missing else { return nil }
            guard let spread else { return Step(means[index]) }
            return Step(
                count: Int(spread.counts[index]), mean: means[index], low: spread.lows[index],
                high: spread.highs[index],
                last: spread.lasts[index])
        }
        set {
            guard let step = newValue else { return }
            if !step.isSingle, spread == nil {
                spread = Spread(
                    counts: means.map { _ in 1 }, lows: means, highs: means, lasts: means)
            }
            while means.count <= index { append() }
            if means[index] == .missing { count += 1 }
            means[index] = step.mean
            spread?.counts[index] = Int32(clamping: step.count)
            spread?.lows[index] = step.low
            spread?.highs[index] = step.high
            spread?.lasts[index] = step.last
        }
    }

    private mutating func append() {
        means.append(.missing)
        spread?.counts.append(1)
        spread?.lows.append(.missing)
        spread?.highs.append(.missing)
        spread?.lasts.append(.missing)
    }
}
