/// Which lines there are of a list of series, and how each gets its value. To name thousands of series costs more than to write their
/// lines, and from pass to pass they are mostly the same ones.
public struct GraphitePlan: Sendable {
    /// Where a value comes from: places are those in the list.
    enum Value: Sendable {
        case level(Int, scale: Double)
        /// What a counter has come to.
        case total(Int, scale: Double)
        case derived(CollectdNames.Derived, of: [Int])

        /// Nil where there is none this time.
        func number(in readings: [Reading]) -> Double? {
            switch self {
            case .level(let index, let scale): return readings[index].level.map { $0 * scale }
            case .total(let index, let scale): return readings[index].value * scale
            case .derived(let derived, let indices):
                let levels = indices.compactMap { readings[$0].level }
                return levels.count == indices.count ? derived.value(levels) : nil
            }
        }
    }

    struct Line: Sendable {
        /// Where it stands among the names; nil for none that Graphite can have, or that another line has.
        let name: Range<Int>?
        let value: Value
    }

    private(set) var lines: [Line] = []
    /// All names, one behind the other.
    private(set) var names: [UInt8] = []
    private var series: [Reading]
    private var told: Set<String> = []

    init(of readings: [Reading]) { series = readings }

    /// No further line is added.
    mutating func close() { told = [] }

    mutating func add(_ name: String?, _ value: Value) {
        guard let name, told.insert(name).inserted else {
            lines.append(Line(name: nil, value: value))
            return
        }
        lines.append(Line(name: names.count..<names.count + name.utf8.count, value: value))
        names += name.utf8
    }

    /// Whether readings are of the same series in the same order. It holds on to them then, in place of those before: whoever measured
    /// has them in memory anyway.
    mutating func holds(for readings: [Reading]) -> Bool {
        guard series.count == readings.count, zip(series, readings).allSatisfy({ $0.series == $1.series }) else {
            return false
        }
        series = readings
        return true
    }
}
