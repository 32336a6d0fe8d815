import Events
import Projections

/// A summary for a person: how much was asked for, how long waits are, who waited longest, and where.
extension LockSummary {
    /// The longest bar of the histogram, in characters.
    private static let longestBar = 40

    func text(_ context: Context) -> String {
        guard requests > 0 else { return "nobody asked for these locks\n" }
        let refused = requests - atOnce - histogram.reduce(0) { $0 + $1.count }
        let headline =
            "\(counted(requests, "request")), \(grouped(atOnce)) of them granted at once"
            + (refused > 0 ? ", \(grouped(refused)) refused at once\n" : "\n")
        let tables = waits.isEmpty ? [] : [histogramTable, waitsTable, pathsTable]
        return ([headline] + tables.map(context.text(of:))).joined(separator: "\n")
    }

    private var histogramTable: Table {
        var table = Table([.init("WAITED", .right), .init("REQUESTS", .right), .init("")])
        let most = histogram.reduce(1) { max($0, $1.count) }
        for step in histogram {
            // Whatever is there can be seen.
            let bar = (step.count * Self.longestBar + most - 1) / most
            table.add([step.words, grouped(step.count), String(repeating: "#", count: bar)])
        }
        return table
    }

    private var waitsTable: Table {
        var table = Table([
            .init("POSITION", .right), .init("TIME"), .init("WAITED", .right), .init("END"), .init("LOCKS"),
            .init("WHO"), .init("REASON"),
        ])
        for wait in waits {
            table.add([
                String(wait.position), wait.at.description, span(wait.waited), wait.endWords,
                wait.locks.map(\.words).joined(separator: " "), wait.holder?.briefName ?? wait.session.text,
                wait.reason ?? "",
            ])
        }
        return table
    }

    private var pathsTable: Table {
        var table = Table([
            .init("PATH"), .init("WAITS", .right), .init("WAITED", .right), .init("LONGEST", .right),
            .init("HELD", .right),
        ])
        for path in paths {
            table.add([
                path.path.text, grouped(path.waits), span(path.waited), span(path.longest), span(path.held),
            ])
        }
        return table
    }
}

extension LockSummary.Wait {
    fileprivate var endWords: String {
        switch end {
        case .waiting: "still waits"
        case .granted: "granted"
        case .withdrawn, .refused: end.rawValue + (cause.map { ": \($0)" } ?? "")
        }
    }
}

extension LockSummary.Step {
    /// `< 10 ms`; of the last step `longer`.
    fileprivate var words: String {
        guard let below else { return "longer" }
        let units = [("h", 3_600_000_000), ("min", 60_000_000), ("s", 1_000_000), ("ms", 1000)]
        guard let (name, length) = units.first(where: { below >= $0.1 }) else { return "< \(below) µs" }
        return "< \(below / length) \(name)"
    }
}
