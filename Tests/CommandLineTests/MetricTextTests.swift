import Events
import Projections
import Testing

@testable import interlock

@Suite("What was measured")
struct MetricTextTests {
    private func row(
        _ name: String, _ labels: [(name: String, value: String)] = [], at seconds: Int = 0, every: Int = 60,
        isRate: Bool = false, is levels: [Double]
    ) -> MetricRow {
        MetricRow(
            name: name, app: nil, labels: labels, isRate: isRate, at: Timestamp(microseconds: seconds * 1_000_000),
            milliseconds: every * 1000, resolution: 10_000,
            levels: MetricLevels(count: 6, low: levels[0], mean: levels[1], high: levels[2], last: levels[2]))
    }

    private func lines(_ rows: [MetricRow], _ text: some ViewText) -> [[String]] {
        text.text(of: view(of: rows, for: .administrator), on: .line).split(separator: "\n").map { line in
            line.split(separator: "  ").map { $0.drop { $0 == " " } }.map(String.init)
        }
    }

    @Test("is told in units that people use")
    func units() {
        let rows = [
            row("x_bytes", is: [0, 1536, 5_368_709_120]),
            row("x_bytes_total", isRate: true, is: [1, 1023, 1024 * 1024]),
            row("x_seconds_total", isRate: true, is: [0, 0.0625, 0.5]), row("x_seconds", is: [0.0025, 1.25, 300]),
            row("x_seconds", is: [0, 0.0000291, 0.5]),
            row("x_ratio", is: [0, 0.5, 1]), row("x_total", isRate: true, is: [-2, 12.34, 12_345]),
            row("x", is: [0, 0.00001, 1e20]),
        ]
        #expect(
            lines(rows, MetricTableText()).dropFirst().map { Array($0.dropFirst()) } == [
                ["5 GiB", "0 B", "1.50 KiB", "5 GiB"], ["1 MiB/s", "1 B/s", "1023 B/s", "1 MiB/s"],
                ["50 %", "0 %", "6.25 %", "50 %"], ["300 s", "2.50 ms", "1.25 s", "300 s"],
                ["500 ms", "0 s", "29.1 µs", "500 ms"],
                ["100 %", "0 %", "50 %", "100 %"], ["12345/s", "-2/s", "12.3/s", "12345/s"],
                ["1e+20", "0", "1e-05", "1e+20"],
            ])
    }

    @Test("has gaps where nothing was, and each series by itself")
    func gaps() {
        let root = [(name: "mount", value: "/\n\u{1B}[1m")]
        let rows = [
            row("x", root, at: 0, is: [1, 1, 1]), row("x", root, at: 60, is: [1, 2, 3]),
            row("x", root, at: 240, is: [1, 2, 3]),
            row("x", [(name: "mount", value: "/b")], at: 0, is: [4, 4, 4]),
        ]
        let lines = lines(rows, MetricCourseText())
        #expect(
            lines.map(\.first).compactMap { $0 } == [
                "x in steps of 1 min, of what is stored in steps of up to 10 s", oneLine("mount=/\n\u{1B}[1m"), "FROM",
                "1970-01-01T00:00:00Z", "1970-01-01T00:01:00Z", "not measured", "1970-01-01T00:04:00Z", "mount=/b",
                "FROM",
                "1970-01-01T00:00:00Z",
            ])
    }

    @Test("is for administrators")
    func audience() {
        let viewer = Viewer(role: .user, name: "ann", operates: [])
        #expect(view(of: [row("x", is: [1, 2, 3])], for: viewer).isWithheld)
    }
}
