import PeerTesting
import System
import Testing

@testable import Collector

@Suite("Beside collectd and node_exporter", .timeLimit(.minutes(5)))
struct CompareTests {
    @Test(
        "on the same host we measure what they do: the same where it stands still, between two of ours where it grows",
        .enabled(if: Collectd.isInstalled && NodeExporter.isInstalled))
    func sameMoments() async throws {
        let (collectd, exporter) = (try Collectd(), try NodeExporter())
        defer {
            collectd.end()
            exporter.end()
        }
        let meter = HostMeter()
        var agreed: [String: String] = [:]
        var isDone = false
        // What should stand still may change just then; what is only there for a while is not waited for.
        while !isDone {
            let comparisons = try await Moment(meter, collectd, exporter).comparisons
            #expect(comparisons.count > 30)
            for comparison in comparisons where agreed[comparison.name] == nil {
                guard let isAgreed = comparison.isAgreed else { continue }
                #expect(isAgreed, "\(comparison.line)")
                agreed[comparison.name] = comparison.line
            }
            isDone = comparisons.allSatisfy { agreed[$0.name] != nil }
        }
        // For the table in docs/metrics.md.
        guard Environment.current["INTERLOCK_RECORD"] != nil else { return }
        for line in agreed.values.sorted() { print(line) }
    }

    @Test("what is of another unit, or of another moment, would not agree")
    func strictness() {
        let (still, growing, moving) = (Comparison.Kind.still, Comparison.Kind.growing(), Comparison.Kind.moving(5))
        #expect(still.agrees(1000, 1000, 1000) == true && still.agrees(1024, 1000, 1000) == false)
        #expect(still.agrees(1000, 1000, 1001) == nil)
        #expect(growing.agrees(1000, 1000, 1001) == true && growing.agrees(1001, 1000, 1001) == true)
        #expect(growing.agrees(999, 1000, 1001) == false && growing.agrees(1002, 1000, 1001) == false)
        #expect(moving.agrees(95, 110, 100) == true && moving.agrees(116, 110, 100) == nil)
        let unknown = Comparison(name: "", kind: still, collectd: nil, exporter: nil, before: 1, after: 1)
        #expect(unknown.isAgreed == false)
    }
}
