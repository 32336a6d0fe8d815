/// When something that is measured is to be told to people, and when it is over.
public struct AlertRule: Sendable, Equatable {
    /// On which side of a mark it is bad.
    public enum Side: Sendable, Equatable {
        /// Too much.
        case above
        /// Too little.
        case below
    }

    /// What it is called; each name once.
    public var name: String
    /// The metric, by its whole name. A counter's rate is meant, a second.
    public var metric: String
    /// The metric with the same labels that it is compared with, as a share; nil where its own level is meant.
    public var share: String?
    /// Only what has these labels is meant, besides others.
    public var labels: [Label]
    /// Where it is bad.
    public var side: Side
    /// Beyond this it is bad.
    public var high: Double
    /// Beyond this it is critical; nil for never.
    public var critical: Double?
    /// On the good side of this it is over: between the two nothing changes.
    public var low: Double
    /// It is raised when so many of the last `window` samples are bad.
    public var hits: Int
    /// At most `AlertStanding.maximumWindow`.
    public var window: Int
    /// It is over when so many samples, one after the other, are on the good side of `low`.
    public var calm: Int
    /// Without a sample for so long, what was measured is missing: neither bad nor over.
    public var missing: Duration

    /// A rule; nothing is checked.
    public init(
        _ name: String, _ metric: String, share: String? = nil, labels: [Label] = [], _ side: Side, high: Double,
        critical: Double? = nil,
        low: Double, hits: Int = 3, window: Int = 5, calm: Int = 6, missing: Duration = .seconds(300)
    ) {
        (self.name, self.metric, self.share, self.labels, self.side) = (name, metric, share, labels, side)
        (self.high, self.critical, self.low) = (high, critical, low)
        (self.hits, self.window, self.calm, self.missing) = (hits, window, calm, missing)
    }

    /// Beyond the high mark.
    public func isBad(_ value: Double) -> Bool { isBeyond(high, value) }
    func isCritical(_ value: Double) -> Bool { critical.map { isBeyond($0, value) } ?? false }
    /// At the mark itself it is good.
    func isGood(_ value: Double) -> Bool { !isBeyond(low, value) }

    private func isBeyond(_ mark: Double, _ value: Double) -> Bool {
        switch side {
        case .above: value > mark
        case .below: value < mark
        }
    }
}

extension AlertRule {
    /// What every host is looked at for, where the configuration says nothing else.
    public static let builtIn = [
        AlertRule(
            "disk-space", Metric.filesystemAvailable.rawValue, share: Metric.filesystemSize.rawValue, .below,
            high: 0.1, critical: 0.04, low: 0.15),
        AlertRule(
            "disk-inodes", Metric.filesystemFreeInodes.rawValue, share: Metric.filesystemInodes.rawValue, .below,
            high: 0.1, critical: 0.04, low: 0.15),
        AlertRule(
            "memory", Metric.memoryAvailable.rawValue, share: Metric.memoryTotal.rawValue, .below,
            high: 0.06, critical: 0.03, low: 0.1),
        // Processes that wait for memory a fifth of the time are slowed down enough for people to notice.
        AlertRule(
            "memory-pressure", Metric.pressureWaiting.rawValue, labels: [Label("resource", "memory")], .above,
            high: 0.2, critical: 0.5, low: 0.1, hits: 6,
            window: 10),
        AlertRule(
            "swap", Metric.swapFree.rawValue, share: Metric.swapTotal.rawValue, .below, high: 0.2, low: 0.4, hits: 6,
            window: 10),
        AlertRule("collector-failed", Metric.collectorSuccess.rawValue, .below, high: 1, low: 1, hits: 5, window: 5),
    ]
}
