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

/// One series within a block, step by step. Where each step is one level it takes four bytes a step, and where all are the same
/// nothing.
public struct Track: Sendable, Equatable {
    /// What there is besides the mean.
    private struct Rest {
        var count: Int32
        var low, high, last: LevelCode

        init(_ step: Step) {
            (count, low, high, last) = (Int32(clamping: step.count), step.low, step.high, step.last)
        }
    }

    /// Empty as long as every step is `first`.
    private var means: [LevelCode] = []
    private var first = LevelCode.missing
    /// As many as there are means, or none where each step is one level.
    private var rests: [Rest] = []
    /// Steps that are there.
    private(set) var count = 0
    /// While it is being filled, when it was measured last.
    var turn: Turn?

    /// When something was measured, and the moment that tells the step; in milliseconds.
    struct Turn: Sendable {
        var time: Int
        var place: Int
    }

    /// Nothing yet.
    public init() {}

    /// Steps up to the last one that is there.
    public var length: Int { isEven ? count : means.count }

    private var isEven: Bool { means.isEmpty }

    /// True where every step is one level.
    var isSingle: Bool { rests.isEmpty }

    /// The step, counted from the block's start; nil where nothing was measured. Setting does not take one away.
    public subscript(index: Int) -> Step? {
        get {
            guard (0..<length).contains(index) else { return nil }
            let mean = isEven ? first : means[index]
            guard mean != .missing else { return nil }
            guard !isSingle else { return Step(mean) }
            let rest = rests[index]
            return Step(count: Int(rest.count), mean: mean, low: rest.low, high: rest.high, last: rest.last)
        }
        set {
            guard let step = newValue else { return }
            if isEven, step.isSingle, index == count, count == 0 || step.mean == first {
                (first, count) = (step.mean, count + 1)
                return
            }
            if isEven { means = Array(repeating: first, count: count) }
            if !step.isSingle, isSingle { rests = means.map { Rest(Step($0)) } }
            while means.count <= index {
                means.append(.missing)
                if !step.isSingle || !isSingle { rests.append(Rest(Step(.missing))) }
            }
            if means[index] == .missing { count += 1 }
            means[index] = step.mean
            if !isSingle { rests[index] = Rest(step) }
        }
    }

    /// By their steps.
    public static func == (left: Track, right: Track) -> Bool {
        left.length == right.length && (0..<left.length).allSatisfy { left[$0] == right[$0] }
    }
}
