import Collector

/// An app's levels: of 40 series 12 stand still, 10 are mostly zero, 10 wander and 8 are noise. The same for the same seed.
struct SyntheticApp {
    private static let metrics = Metric.allCases.filter { !$0.rawValue.contains("timestamp") }.prefix(40)
    private static let (still, rare, wandering) = (12, 22, 32)

    private var random: Generator
    private var levels: [Double]

    init(seed: UInt64) {
        var random = Generator(state: seed)
        levels = Self.metrics.indices.map { _ in Double.random(in: 1e3...1e9, using: &random) }
        self.random = random
    }

    /// All of them at a moment, in milliseconds since 1970.
    mutating func readings(of app: String, at time: Int) -> [Reading] {
        Self.metrics.enumerated().map { index, metric in
            let series = Series(name: metric.name(of: .app(app)), of: .app(app))
            let level = level(index)
            return metric.isCounter
                ? Reading(series, level, isCounter: true, rate: level) : Reading(series, level)
        }
    }

    private mutating func level(_ index: Int) -> Double {
        if index < Self.still { return levels[index] }
        if index < Self.rare { return Int.random(in: 0..<30, using: &random) == 0 ? levels[index] : 0 }
        if index < Self.wandering {
            levels[index] *= Double.random(in: 0.99...1.01, using: &random)
            return levels[index]
        }
        return levels[index] * Double.random(in: 0...1, using: &random)
    }

    /// SplitMix64 (Steele, Lea, Flood 2014).
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
            return mixed ^ mixed >> 31
        }
    }
}
