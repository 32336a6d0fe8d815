/// Of what something is measured. Apps and tasks are to come.
public enum Subject: Sendable, Hashable {
    /// This machine.
    case host
}

/// What has one value at a time: a metric of a subject, and the value of the metric's label where it has one.
public struct Series: Sendable, Hashable {
    /// What is measured.
    public let metric: Metric
    /// Of what.
    public let subject: Subject
    /// Empty where the metric has no label.
    public let label: String

    /// A series.
    public init(_ metric: Metric, _ label: String = "", of subject: Subject = .host) {
        (self.metric, self.subject, self.label) = (metric, subject, label)
    }
}

/// What a series was at one moment.
public struct Sample: Sendable, Equatable {
    /// What was measured.
    public let series: Series
    /// In the unit that the metric's name says.
    public let value: Double
    /// Which disk or which cgroup it is of, where another can come to the same name.
    public let identity: Identity

    init(_ series: Series, _ value: Double, identity: Identity = .none) {
        (self.series, self.value, self.identity) = (series, value, identity)
    }
}

/// Tells a thing from its successor of the same name: a cgroup's inode and start time, a disk's numbers.
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

/// The samples of one subject as they are read.
struct Samples {
    private(set) var all: [Sample] = []
    let subject: Subject

    init(of subject: Subject = .host) { self.subject = subject }

    mutating func add(_ metric: Metric, _ value: Double) { add(metric, "", value) }

    mutating func add(_ metric: Metric, _ label: String, _ value: Double, identity: Identity = .none) {
        all.append(Sample(Series(metric, label, of: subject), value, identity: identity))
    }

    /// Nil when a series has two values: then nobody knows which is right.
    var distinct: [Sample]? { Set(all.map(\.series)).count == all.count ? all : nil }
}
