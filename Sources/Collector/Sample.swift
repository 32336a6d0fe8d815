public import System

/// Of what something is measured.
public enum Subject: Sendable, Hashable, Comparable {
    /// This machine.
    case host
    /// An app, by its id: containers and cgroups come and go, it stays.
    case app(String)
    /// A task that runs, by its id.
    case task(String)

    /// The label that tells it from others of its kind; the host has none.
    public var label: Label? {
        switch self {
        case .host: nil
        case .app(let id): Label("app", id)
        case .task(let id): Label("task", id)
        }
    }
}

/// What tells a series from others of its name.
public struct Label: Sendable, Hashable, Comparable {
    /// What kind of thing.
    public let name: String
    /// Which one; any text.
    public let value: String

    /// A label.
    public init(_ name: String, _ value: String) {
        (self.name, self.value) = (name, value)
    }

    /// By name, then by value.
    public static func < (left: Label, right: Label) -> Bool { (left.name, left.value) < (right.name, right.value) }
}

/// What has one value at a time.
public struct Series: Sendable, Hashable {
    /// As Prometheus has it, whole.
    public let name: String
    /// Of what it is.
    public let subject: Subject
    /// Ascending by name, each name once, and without the subject's own.
    public let labels: [Label]

    /// A series.
    public init(name: String, of subject: Subject = .host, labels: [Label] = []) {
        (self.name, self.subject, self.labels) = (name, subject, labels)
    }

    /// One of the built-in metrics. `label` is the value of its label, where it has one.
    public init(_ metric: Metric, _ label: String = "", of subject: Subject = .host) {
        self.init(name: metric.name(of: subject), of: subject, labels: metric.label.map { [Label($0, label)] } ?? [])
    }
}

/// What a series was at one moment.
public struct Sample: Sendable, Equatable {
    /// What was measured.
    public let series: Series
    /// In the unit that the metric's name says.
    public let value: Double
    /// It only grows, as long as it is of the same thing.
    public let isCounter: Bool
    /// Which disk or which cgroup it is of, where another can come to the same name.
    public let identity: Identity

    /// A sample.
    public init(_ series: Series, _ value: Double, isCounter: Bool, identity: Identity = .none) {
        (self.series, self.value, self.isCounter, self.identity) = (series, value, isCounter, identity)
    }
}

/// Tells a thing from its successor of the same name: a cgroup's inode, a disk's numbers.
public struct Identity: Sendable, Hashable {
    let first: UInt64
    let second: UInt64

    /// Of what is there as long as the machine runs.
    public static let none = Identity(0, 0)

    /// Two numbers, one of which differs between any two.
    public init(_ first: UInt64, _ second: UInt64) {
        (self.first, self.second) = (first, second)
    }
}

extension Double {
    /// As Prometheus and Graphite read it: whole numbers without a point.
    public var written: String { Int(exactly: self).map { String($0) } ?? "\(self)" }
}

/// The samples of one subject as they are read.
struct Samples {
    private(set) var all: [Sample] = []
    let subject: Subject
    /// Of what is added without one of its own.
    let identity: Identity

    init(of subject: Subject = .host, identity: Identity = .none) {
        (self.subject, self.identity) = (subject, identity)
    }

    mutating func add(_ metric: Metric, _ value: Double) { add(metric, "", value) }

    mutating func add(_ metric: Metric, _ label: String, _ value: Double, identity: Identity? = nil) {
        all.append(
            Sample(
                Series(metric, label, of: subject), value, isCounter: metric.isCounter,
                identity: identity ?? self.identity))
    }

    mutating func add(contentsOf other: [Sample]) { all += other }

    /// Nil when a series has two values: then nobody knows which is right.
    var distinct: [Sample]? { Set(all.map(\.series)).count == all.count ? all : nil }
}

/// A sample as the sinks get it.
public struct Reading: Sendable, Equatable {
    /// What was measured.
    public let series: Series
    /// In the unit that the metric's name says.
    public let value: Double
    /// It only grows, as long as it is of the same thing.
    public let isCounter: Bool
    /// Of a counter: by how much it grew a second since the reading before; nil for a new baseline.
    public let rate: Double?

    /// A reading.
    public init(_ series: Series, _ value: Double, isCounter: Bool = false, rate: Double? = nil) {
        (self.series, self.value, self.isCounter, self.rate) = (series, value, isCounter, rate)
    }

    /// What is drawn, stored and compared: a gauge's value, a counter's rate; nil where there is none.
    public var level: Double? { isCounter ? rate : value }
}

/// What was measured together.
public struct Readings: Sendable {
    /// When.
    public let at: WallTime
    /// Each series once.
    public let all: [Reading]

    /// Readings of one moment.
    public init(at: WallTime, _ all: [Reading]) {
        (self.at, self.all) = (at, all)
    }
}
