/// What the whole value of an argument must look like: a regular expression whose time to match grows with the value's
/// length and not beyond, so that no request can hold the runner up.
///
/// It knows characters, `.`, classes `[a-z0-9_]` and `[^…]`, `\d \w \s` (and `\D \W \S`, ASCII), an escaped character,
/// groups `(…)`, alternatives `|`, and the repetitions `* + ? {m} {m,} {m,n}`. It always matches the whole value, so
/// there is no `^` and no `$`; there are no back references and no look-around.
public struct ArgumentPattern: Sendable, Equatable {
    /// The most characters of a pattern.
    public static let maximumCharacters = 500
    /// The most steps that it may come to, repetitions written out.
    public static let maximumSteps = 2000

    /// As it was written.
    public let text: String
    private let steps: [PatternStep]

    /// Compiles a pattern; a bad one is refused with what is wrong and where.
    public init(_ text: String) throws(PatternProblem) {
        self.text = text
        var parser = PatternParser(text)
        let tree = try parser.parse()
        var compiler = PatternCompiler()
        try compiler.emit(tree)
        steps = compiler.steps
    }

    /// True when the whole of `value` matches.
    public func matches(_ value: String) -> Bool {
        var threads = PatternThreads(count: steps.count + 1)
        threads.add(0, steps)
        for scalar in value.unicodeScalars {
            var next = PatternThreads(count: steps.count + 1)
            for index in threads.waiting {
                if case .one(let set) = steps[index], set.contains(scalar) { next.add(index + 1, steps) }
            }
            threads = next
            if threads.waiting.isEmpty, !threads.reached(steps.count) { return false }
        }
        return threads.reached(steps.count)
    }
}

/// What is wrong with a pattern.
public struct PatternProblem: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public var message: String
    /// The character at which it was noticed, counted from 1.
    public var column: Int

    /// The message with its place.
    public var description: String { "\(message) (at character \(column) of the pattern)" }
}

/// A set of characters.
struct PatternSet: Sendable, Equatable {
    var ranges: [ClosedRange<UInt32>]
    var isNegated = false

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        ranges.contains { $0.contains(scalar.value) } != isNegated
    }
}

/// One step of a compiled pattern; behind the last one the value has matched.
enum PatternStep: Sendable, Equatable {
    /// One character of the set.
    case one(PatternSet)
    /// Go on at either of these.
    case split(Int, Int)
    case jump(Int)
}

/// The steps at which a match can stand at the same time.
struct PatternThreads {
    private var seen: [Bool]
    /// Those that wait for a character.
    private(set) var waiting: [Int] = []

    init(count: Int) {
        seen = Array(repeating: false, count: count)
    }

    func reached(_ index: Int) -> Bool { seen[index] }

    /// Adds a step and what can be reached from it without a character.
    mutating func add(_ index: Int, _ steps: [PatternStep]) {
        var open = [index]
        while let index = open.popLast() {
            guard !seen[index] else { continue }
            seen[index] = true
            guard index < steps.count else { continue }
            switch steps[index] {
            case .one: waiting.append(index)
            case .jump(let target): open.append(target)
            case .split(let first, let second): open += [second, first]
            }
        }
    }
}
