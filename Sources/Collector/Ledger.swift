internal import System

/// What has been measured last, and what is counted from pass to pass. A value; whoever measures keeps it.
public struct Ledger: Sendable {
    /// Sources of problems that are counted apart; what comes after them is one.
    public static let maximumSources = 200
    static let others = "other"

    /// Problems and remarks that are there since the last pass, and sources that have none any more.
    public struct News: Sendable, Equatable {
        /// With what was the matter first.
        public var begun: [Problem] = []
        /// Their sources.
        public var ended: [String] = []
    }

    private var before: Set<String> = []
    private var measured = Baselines()
    private var told = Baselines()
    private var errors: [String: Int] = [:]
    private var lastSuccess: [String: WallTime] = [:]

    /// The last pass, and what there is to tell of the collectors themselves; nil before the first one.
    public private(set) var readings: Readings?

    private let isOfHost: Bool

    /// Nothing yet.
    ///
    /// - Parameter isOfHost: false for a collector of somebody's own, beside which there are others: what is told of all collectors
    ///   together the host's tells.
    public init(isOfHost: Bool = true) { self.isOfHost = isOfHost }

    /// Takes a pass in place of the one before, and what else the service tells of its own measuring.
    public mutating func take(_ pass: Pass, besides others: [Sample] = []) -> News {
        for report in pass.reports where report.isSuccess { lastSuccess[report.collector] = pass.at }
        for problem in pass.problems {
            let isKnown = errors[problem.source] != nil || errors.count < Self.maximumSources
            errors[isKnown ? problem.source : Self.others, default: 0] += 1
        }
        let all = measured.readings(of: pass.reports.flatMap(\.samples), at: pass.monotonic)
        readings = Readings(at: pass.at, all + told.readings(of: ownSamples(pass) + others, at: pass.monotonic))
        let now = pass.problems + pass.reports.flatMap(\.remarks)
        defer { before = Set(now.map(\.source)) }
        return News(
            begun: now.filter { !before.contains($0.source) }, ended: before.subtracting(now.map(\.source)).sorted())
    }

    private func ownSamples(_ pass: Pass) -> [Sample] {
        var own = Samples()
        for report in pass.reports {
            if let duration = report.duration { own.add(.collectorDuration, report.collector, duration.seconds) }
            own.add(.collectorSuccess, report.collector, report.isSuccess ? 1 : 0)
            if let time = lastSuccess[report.collector] {
                own.add(.collectorLastSuccess, report.collector, Double(time.microseconds) / 1e6)
            }
            own.add(.collectorSamples, report.collector, Double(report.samples.count))
        }
        for (source, count) in errors.sorted(by: { $0.key < $1.key }) {
            own.add(.collectorErrors, source, Double(count))
        }
        guard isOfHost else { return own.all }
        own.add(.counterResets, Double(measured.resets))
        own.add(.hangingCalls, Double(pass.hanging))
        return own.all
    }
}

extension Pass {
    var problems: [Problem] { reports.flatMap(\.problems) }
}
