import Events
import Histogram

/// One measured thing beside its peer.
struct Figure: Sendable {
    /// What the target bounds.
    enum Target: Sendable {
        case atLeast(Double)
        case atMost(Double)

        func isReached(by value: Double) -> Bool {
            switch self {
            case .atLeast(let bound): value >= bound
            case .atMost(let bound): value <= bound
            }
        }

        var text: String {
            switch self {
            case .atLeast(let bound): "≥ \(bound.short)"
            case .atMost(let bound): "≤ \(bound.short)"
            }
        }
    }

    var name: String
    /// In `unit`.
    var value: Double
    var unit: String
    var latencies: Histogram<UInt32>?
    var peer: String?
    var peerValue: Double?
    /// What is compared: to the peer, or the figure itself.
    var ratio: Double?
    var target: Target?
    /// The bound is on `value` rather than on `ratio`.
    var isBoundOnValue = false

    var isReached: Bool? {
        guard let target, let judged = isBoundOnValue ? value : ratio else { return nil }
        return target.isReached(by: judged)
    }

    /// The columns of the table.
    var cells: [String] {
        [
            name, "\(value.short) \(unit)", latencies?.millisecond(50) ?? "", latencies?.millisecond(99) ?? "",
            peer ?? "", peerValue.map(\.short) ?? "", ratio.map { $0.short + "×" } ?? "", target?.text ?? "",
            isReached.map { $0 ? "yes" : "NO" } ?? "",
        ]
    }

    var line: String { cells.filter { !$0.isEmpty }.joined(separator: "  ") }

    var json: JSONValue {
        .fields(
            ("name", .string(name)), ("value", .number(value.plain)), ("unit", .string(unit)),
            ("p50Milliseconds", latencies.map { .number($0.millisecond(50)) }),
            ("p99Milliseconds", latencies.map { .number($0.millisecond(99)) }), ("peer", peer.map { .string($0) }),
            ("peerValue", peerValue.map { .number($0.plain) }), ("ratio", ratio.map { .number($0.plain) }),
            ("target", target.map { .string($0.text) }), ("reached", isReached.map { .bool($0) }))
    }
}

/// All figures of a run.
struct Report: Sendable {
    static let titles = ["what", "figure", "p50 ms", "p99 ms", "peer", "its figure", "ratio", "target", "reached"]

    var figures: [Figure] = []

    var json: JSONValue { .fields(("figures", .array(figures.map(\.json)))) }

    /// A table in Markdown, its columns aligned.
    var table: String {
        let rows = [Self.titles] + figures.map(\.cells)
        let widths = Self.titles.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        let lines = rows.map { row in
            let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            return "| " + cells.joined(separator: " | ") + " |"
        }
        let rule = "|" + widths.map { String(repeating: "-", count: $0 + 2) }.joined(separator: "|") + "|"
        return ([lines[0], rule] + lines[1...]).joined(separator: "\n")
    }
}

extension Histogram<UInt32> {
    /// A percentile of nanoseconds, in milliseconds.
    func millisecond(_ percentile: Double) -> String {
        (Double(valueAtPercentile(percentile)) / 1e6).short
    }
}

extension Double {
    /// Three digits or so: what is known of it.
    var short: String {
        let size = abs(self)
        return size >= 100 ? String(Int(rounded())) : rounded(size >= 10 ? 1 : 2)
    }

    /// As JSON has numbers.
    var plain: String { rounded(3) }

    private func rounded(_ digits: Int) -> String {
        let scale = (0..<digits).reduce(1) { scale, _ in scale * 10 }
        let whole = Int((abs(self) * Double(scale)).rounded())
        let fraction = String(whole % scale)
        let zeros = String(repeating: "0", count: digits - fraction.count)
        return "\(self < 0 ? "-" : "")\(whole / scale).\(zeros)\(fraction)"
    }
}
