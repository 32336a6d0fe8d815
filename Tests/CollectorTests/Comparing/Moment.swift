import PeerTesting
import System
import Testing

@testable import Collector

/// What the others measured between two passes of ours.
struct Moment {
    /// By a metric's name and its label.
    let before: [String: Double]
    let after: [String: Double]
    /// By plugin and type, each with its instance.
    let collectd: [String: [Double]]
    /// By name and labels.
    let exporter: [String: Double]

    /// Both others are running.
    init(_ meter: HostMeter, _ collectd: Collectd, _ exporter: NodeExporter) async throws {
        before = Self.values(try await BlockingCall.run { meter.pass() })
        // A row has the moment at which it was handed over: the first one behind our pass may have been read before that.
        let start = Double(WallTime.now.microseconds) / 1e6 + Collectd.interval
        var rows = try collectd.rows()
        while rows.isEmpty
            || rows.values.contains(where: { $0.time <= start && $0.time > Self.newest(rows) - Self.end })
        {
            try #require(collectd.isRunning)
            if let watch = try? DirectoryWatch(collectd.written) { _ = try await watch.wait() }
            // Before the first time there is no directory.
            await Task.yield()
            rows = try collectd.rows()
        }
        self.collectd = rows.filter { $0.value.time > start }.mapValues(\.values)
        var samples = exporter.samples()
        while samples == nil {
            try #require(exporter.isRunning)
            samples = exporter.samples()
        }
        self.exporter = samples ?? [:]
        after = Self.values(try await BlockingCall.run { meter.pass() })
    }

    /// Of what it has measured no more for so many seconds there is no more.
    private static let end = 5.0

    private static func newest(_ rows: [String: (time: Double, values: [Double])]) -> Double {
        rows.values.reduce(0) { max($0, $1.time) }
    }

    private static func values(_ pass: Pass) -> [String: Double] {
        let samples = pass.reports.flatMap(\.samples)
        return Dictionary(uniqueKeysWithValues: samples.map { (name($0.series), $0.value) })
    }

    static func name(_ series: Series) -> String {
        ([series.name] + series.labels.map(\.value)).joined(separator: " ")
    }
}
