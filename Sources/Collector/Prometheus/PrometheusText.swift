/// What a program printed in Prometheus' text format, version 0.0.4: all of it, or the first line that is not as it should be.
public struct PrometheusText: Sendable, Equatable {
    /// The most samples of one program.
    public static let maximumSamples = 2000
    /// Labels that one of them may have.
    public static let maximumLabels = 64
    /// The beginnings of names that are the service's own.
    public static let reserved = ["interlock_", "process_"]

    /// What a family's values mean to who adds them up.
    public enum Kind: String, Sendable {
        case counter, gauge, histogram, summary, untyped

        /// What can stand behind the family's name in a sample's.
        var suffixes: [String] {
            switch self {
            case .histogram: ["_bucket", "_sum", "_count"]
            case .summary: ["_sum", "_count"]
            default: []
            }
        }
    }

    /// One value, in the line that it was printed in.
    public struct Line: Sendable, Equatable {
        /// With what stands behind the family's name.
        public let name: String
        /// Ascending by name.
        public let labels: [Label]
        /// Any number, and what is none.
        public let value: Double
    }

    /// What has one name, help and kind.
    public struct Family: Sendable, Equatable {
        /// As Prometheus has it.
        public let name: String
        /// Nil where there was none.
        public internal(set) var help: String?
        /// Untyped where nothing was said.
        public internal(set) var kind: Kind
        /// In the order in which they were printed.
        public internal(set) var lines: [Line] = []

        /// With those of its lines alone; nil where none is left.
        public func keeping(_ isKept: (Line) -> Bool) -> Family? {
            var kept = self
            kept.lines = lines.filter(isKept)
            return kept.lines.isEmpty ? nil : kept
        }

        /// The names that nobody else can have: its own, and its samples'.
        public var names: [String] { [name] + kind.suffixes.map { name + $0 } }
    }

    /// In the order in which they began; each has a sample.
    public let families: [Family]

    /// Why it is not taken, and in which line.
    public struct Refusal: Error, Equatable, CustomStringConvertible {
        /// From 1.
        public let line: Int
        /// What is wrong there.
        public let words: String

        /// As a clause.
        public var description: String { "line \(line) of its output: \(words)" }
    }

    /// Reads all of it.
    public init(_ bytes: [UInt8]) throws(Refusal) {
        var reader = PrometheusReader()
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Refusal(
                line: 1 + bytes.count { $0 == UInt8(ascii: "\n") }, words: "there is something that is no UTF-8")
        }
        guard bytes.isEmpty || bytes.last == UInt8(ascii: "\n") else {
            throw Refusal(line: 1 + bytes.count { $0 == UInt8(ascii: "\n") }, words: "it ends without a newline")
        }
        for line in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            try reader.take(PrometheusLine(line))
        }
        families = try reader.families()
    }

    /// What there is of it for the sinks. What is counted together, as the parts of a histogram, are counters too.
    public var samples: [Sample] {
        families.flatMap { family in
            family.lines.map { line in
                let app = line.labels.first { $0.name == "app" }
                let series = Series(
                    name: line.name, of: app.map { .app($0.value) } ?? .host,
                    labels: line.labels.filter { $0.name != "app" })
                return Sample(series, line.value, isCounter: family.kind == .counter || line.name != family.name)
            }
        }
    }
}
