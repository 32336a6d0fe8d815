internal import Collector
internal import System

/// Writes metrics in Prometheus' text format, version 0.0.4: a family's help and type, then its samples.
struct Exposition {
    /// What a family's values mean to who adds them up.
    enum Kind: String {
        case counter, gauge, histogram, summary, untyped
    }

    private(set) var text = ""

    /// A family of one sample without labels.
    mutating func add(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
        family(name, kind, help) { $0.sample(name, [], value) }
    }

    /// A family with one label; one sample for each of its values, in the order given.
    mutating func add(_ name: String, _ kind: Kind, _ help: String, by label: String, _ values: [(String, Double)]) {
        family(name, kind, help) { page in
            for (word, value) in values { page.sample(name, [(label, word)], value) }
        }
    }

    mutating func add(_ name: String, _ help: String, _ histogram: Histogram) {
        family(name, .histogram, help) { page in
            for (bound, count) in zip(Histogram.bounds, histogram.cumulative) {
                page.sample(name + "_bucket", [("le", Self.number(bound))], Double(count))
            }
            page.sample(name + "_bucket", [("le", "+Inf")], Double(histogram.count))
            page.sample(name + "_sum", [], histogram.sum)
            page.sample(name + "_count", [], Double(histogram.count))
        }
    }

    /// Nothing where `body` has no sample to tell.
    mutating func family(_ name: String, _ kind: Kind, _ help: String, _ body: (inout Exposition) -> Void) {
        var samples = Exposition()
        body(&samples)
        guard !samples.text.isEmpty else { return }
        text += "# HELP \(name) \(Self.escaped(help, isHelp: true))\n# TYPE \(name) \(kind.rawValue)\n\(samples.text)"
    }

    mutating func sample(_ name: String, _ labels: [(String, String)], _ value: Double) {
        let set = labels.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",")
        text += set.isEmpty ? "\(name) \(Self.number(value))\n" : "\(name){\(set)} \(Self.number(value))\n"
    }

    static func number(_ value: Double) -> String {
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return value.isNaN ? "NaN" : value.written
    }

    /// By scalars: what stands above a character does not hide it.
    private static func escaped(_ text: String, isHelp: Bool = false) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": escaped.append(contentsOf: "\\n".unicodeScalars)
            case "\\": escaped.append(contentsOf: ["\\", scalar])
            case "\"" where !isHelp: escaped.append(contentsOf: ["\\", scalar])
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }
}

/// How often durations of which length occurred. The same bounds serve a commit of a millisecond and a wait of an hour.
struct Histogram: Sendable, Equatable {
    /// Upper bounds in seconds, ascending.
    static let bounds: [Double] = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 3600,
    ]

    /// How many there were.
    private(set) var count = 0
    /// Seconds.
    private(set) var sum = 0.0
    private var counts = [Int](repeating: 0, count: bounds.count)

    mutating func add(_ seconds: Double) {
        count += 1
        sum += seconds
        if let index = Self.bounds.firstIndex(where: { seconds <= $0 }) { counts[index] += 1 }
    }

    /// For each bound, how many were no longer.
    var cumulative: [Int] {
        var total = 0
        return counts.map { count in
            total += count
            return total
        }
    }
}
