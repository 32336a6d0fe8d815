public import Events

/// What a measured series was, in the unit that its name says; of a counter its growth per second.
public struct MetricLevels: Sendable {
    /// How many levels these are of.
    public var count: Int
    /// The lowest, their mean, the highest and the last.
    public var low, mean, high, last: Double

    /// As they are.
    public init(count: Int, low: Double, mean: Double, high: Double, last: Double) {
        (self.count, self.low, self.mean, self.high, self.last) = (count, low, mean, high, last)
    }
}

/// A series, or one step of its course.
public struct MetricRow: Sendable {
    /// As Prometheus has it.
    public var name: String
    /// The app; nil for the host itself.
    public var app: String?
    /// What tells it from others of its name.
    public var labels: [(name: String, value: String)]
    /// True of a counter's growth.
    public var isRate: Bool
    /// When the step begins; of a series when it was last measured.
    public var at: Timestamp
    /// How long the step is; of a series how long its last one.
    public var milliseconds: Int
    /// How long the longest stored step is that this is made of.
    public var resolution: Int
    /// What it was.
    public var levels: MetricLevels

    /// A row.
    public init(
        name: String, app: String?, labels: [(name: String, value: String)], isRate: Bool, at: Timestamp,
        milliseconds: Int, resolution: Int, levels: MetricLevels
    ) {
        (self.name, self.app, self.labels, self.isRate) = (name, app, labels, isRate)
        (self.at, self.milliseconds, self.resolution, self.levels) = (at, milliseconds, resolution, levels)
    }
}

/// What `metrics show` answers.
public func view(of rows: [MetricRow], for viewer: Viewer) -> View {
    View(rows: rows, metricFields, for: viewer)
}

/// One line of what `metrics show NAME` answers in JSON.
public func view(of row: MetricRow, for viewer: Viewer) -> View {
    View(row, metricFields, for: viewer)
}

extension MetricRow: Viewable {
    var about: Subject { .platform }
}

let metricFields: [Field<MetricRow>] = [
    .administrators("name") { row, _ in .string(row.name) },
    .administrators("app") { row, _ in .known(row.app) },
    .administrators("labels") { row, _ in
        row.labels.isEmpty ? nil : .object(row.labels.map { (name: $0.name, value: .string($0.value)) })
    },
    .administrators("rate") { row, _ in row.isRate ? .bool(true) : nil },
    .administrators("at") { row, _ in .known(row.at) },
    .administrators("seconds") { row, _ in .number(Double(row.milliseconds) / 1000) },
    .administrators("resolution") { row, _ in .number(Double(row.resolution) / 1000) },
    .administrators("count") { row, _ in .integer(row.levels.count) },
    .administrators("last") { row, _ in .number(row.levels.last) },
    .administrators("min") { row, _ in .number(row.levels.low) },
    .administrators("mean") { row, _ in .number(row.levels.mean) },
    .administrators("max") { row, _ in .number(row.levels.high) },
]

extension JSONValue {
    /// Whole numbers without a point; nil of what no JSON can say.
    fileprivate static func number(_ value: Double) -> JSONValue? {
        guard value.isFinite else { return nil }
        return Int(exactly: value).map { .integer($0) } ?? .number("\(value)")
    }
}
