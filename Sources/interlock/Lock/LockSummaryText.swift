import Projections

/// A summary for a person: how much was asked for, how long waits are, who waited longest, and where.
struct LockSummaryText: ViewText {
    /// The longest bar of the histogram, in characters.
    private static let longestBar = 40

    func text(of view: View, on page: Page) -> String {
        let (requests, atOnce) = (view.integer("requests") ?? 0, view.integer("atOnce") ?? 0)
        let (waits, histogram) = (view.rows("waits"), view.rows("histogram"))
        guard requests > 0 else { return "nobody asked for these locks\n" }
        let refused = requests - atOnce - histogram.reduce(0) { $0 + ($1.integer("count") ?? 0) }
        let headline =
            "\(counted(requests, "request")), \(grouped(atOnce)) of them granted at once"
            + (refused > 0 ? ", \(grouped(refused)) refused at once\n" : "\n")
        let tables =
            waits.isEmpty ? [] : [table(of: histogram), table(ofWaits: waits), table(ofPaths: view.rows("paths"))]
        return ([headline] + tables.map(page.text(of:))).joined(separator: "\n")
    }

    private func table(of histogram: [View]) -> Table {
        var table = Table([.init("WAITED", .right), .init("REQUESTS", .right), .init("")])
        let most = histogram.reduce(1) { max($0, $1.integer("count") ?? 0) }
        for step in histogram {
            let count = step.integer("count") ?? 0
            // Whatever is there can be seen.
            let bar = (count * Self.longestBar + most - 1) / most
            table.add([Self.words(below: step.integer("below")), grouped(count), String(repeating: "#", count: bar)])
        }
        return table
    }

    private func table(ofWaits waits: [View]) -> Table {
        var table = Table([
            .init("POSITION", .right), .init("TIME"), .init("WAITED", .right), .init("END"), .init("LOCKS"),
            .init("WHO"), .init("REASON"),
        ])
        for wait in waits {
            table.add([
                wait.words("position"), wait.words("at"), wait.span("waited"), end(of: wait), wait.locks("locks"),
                wait["holder"]?.briefName ?? wait.words("session"), wait.words("reason"),
            ])
        }
        return table
    }

    private func table(ofPaths paths: [View]) -> Table {
        var table = Table([
            .init("PATH"), .init("WAITS", .right), .init("WAITED", .right), .init("LONGEST", .right),
            .init("HELD", .right),
        ])
        for path in paths {
            table.add([
                path.words("path"), path.integer("waits").map(grouped) ?? "", path.span("waited"),
                path.span("longest"), path.span("held"),
            ])
        }
        return table
    }

    private func end(of wait: View) -> String {
        switch wait.words("end") {
        case "waiting": "still waits"
        case "granted": "granted"
        case let end: end + (wait.string("cause").map { ": \($0)" } ?? "")
        }
    }

    /// `< 10 ms`; of the last step `longer`.
    private static func words(below: Int?) -> String {
        guard let below else { return "longer" }
        let units = [("h", 3_600_000_000), ("min", 60_000_000), ("s", 1_000_000), ("ms", 1000)]
        guard let (name, length) = units.first(where: { below >= $0.1 }) else { return "< \(below) µs" }
        return "< \(below / length) \(name)"
    }
}
