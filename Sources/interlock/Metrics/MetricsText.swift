import Events
import Projections

/// All series, one a line.
struct MetricTableText: ViewText {
    func text(of view: View, on page: Page) -> String {
        guard !view.rows.isEmpty else { return "nothing was measured in this time\n" }
        var table = Table([
            .init("NAME"), .init("OF"), .init("LAST", .right), .init("MIN", .right), .init("MEAN", .right),
            .init("MAX", .right),
        ])
        for row in view.rows {
            table.add([row.words("name"), row.labelWords] + ["last", "min", "mean", "max"].map(row.level))
        }
        return page.text(of: table)
    }
}

/// How a metric went, each of its series by itself. What was not measured is a gap.
struct MetricCourseText: ViewText {
    func text(of view: View, on page: Page) -> String {
        guard let first = view.rows.first else { return "nothing was measured in this time\n" }
        var parts: [String] = []
        var rest = view.rows[...]
        while let row = rest.first {
            let own = rest.prefix { $0["labels"] == row["labels"] && $0["rate"] == row["rate"] }
            rest = rest.dropFirst(own.count)
            let heading = row.labelWords.isEmpty ? "" : page.style.emphasised(row.labelWords) + "\n"
            parts.append(heading + page.text(of: table(Array(own))))
        }
        let width = first.duration("seconds")
        let stored = first.duration("resolution")
        let steps =
            width == stored ? "steps of \(width)" : "steps of \(width), of what is stored in steps of up to \(stored)"
        return "\(first.words("name")) in \(steps)\n\n" + parts.joined(separator: "\n")
    }

    private func table(_ rows: [View]) -> Table {
        var table = Table([
            .init("FROM"), .init("MIN", .right), .init("MEAN", .right), .init("MAX", .right), .init("LAST", .right),
        ])
        var end: Int?
        for row in rows {
            let start = row.time("at")?.microseconds ?? 0
            if let end, start > end { table.add(["not measured"]) }
            table.add([row.moment] + ["min", "mean", "max", "last"].map(row.level))
            end = start + Int((row.number("seconds") ?? 0) * 1e6)
        }
        return table
    }
}

extension View {
    /// `mount=/ mode=idle`.
    fileprivate var labelWords: String {
        (self["labels"]?.fields ?? []).map { "\($0.name)=\($0.value.string ?? "")" }.map(oneLine).joined(separator: " ")
    }

    /// Without what is below a second: `2026-11-24T02:08:10Z`.
    fileprivate var moment: String {
        let text = words("at")
        return text.split(separator: ".").first.map { "\($0)Z" } ?? text
    }

    /// Seconds of a field, in the largest unit of which they are a whole number.
    fileprivate func duration(_ name: String) -> String {
        let seconds = number(name) ?? 0
        let unit = [(3600.0, "h"), (60, "min")].first { seconds / $0.0 == (seconds / $0.0).rounded() } ?? (1, "s")
        return "\(Self.digits(seconds / unit.0)) \(unit.1)"
    }

    /// A level of a field in the unit that the metric's name says; empty where it is not there.
    fileprivate func level(_ field: String) -> String {
        guard let value = number(field) else { return "" }
        let isRate = self["rate"]?.bool == true
        var name = words("name")[...]
        if name.hasSuffix("_total") { name = name.dropLast("_total".count) }
        if name.hasSuffix("_bytes") { return Self.bytes(value) + (isRate ? "/s" : "") }
        // Seconds a second are a share of the time.
        if name.hasSuffix("_seconds") { return isRate ? Self.digits(value * 100) + " %" : Self.time(value) }
        if name.hasSuffix("_ratio") { return Self.digits(value * 100) + " %" }
        return Self.digits(value) + (isRate ? "/s" : "")
    }

    private static func time(_ seconds: Double) -> String {
        switch seconds.magnitude {
        case 0, 1...: digits(seconds) + " s"
        case 0.001...: digits(seconds * 1e3) + " ms"
        default: digits(seconds * 1e6) + " µs"
        }
    }

    private static func bytes(_ value: Double) -> String {
        var (rest, index) = (value, 0)
        let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]
        while rest.magnitude >= 1024, index < units.count - 1 { (rest, index) = (rest / 1024, index + 1) }
        return "\(digits(rest)) \(units[index])"
    }

    /// Three digits that count, or all before the point.
    private static func digits(_ value: Double) -> String {
        guard value.magnitude < 1e15 else { return "\(value)" }
        let decimals = value == value.rounded() || value.magnitude >= 100 ? 0 : value.magnitude >= 10 ? 1 : 2
        if value != 0, value.magnitude < 0.01 { return value.magnitude < 0.0001 ? "\(value)" : short(value, 4) }
        return short(value, decimals)
    }

    private static func short(_ value: Double, _ decimals: Int) -> String {
        var scale = 1
        for _ in 0..<decimals { scale *= 10 }
        let number = Int((value.magnitude * Double(scale)).rounded())
        let sign = value < 0 && number > 0 ? "-" : ""
        guard decimals > 0 else { return sign + "\(number)" }
        let fraction = String(number % scale)
        return sign + "\(number / scale)." + String(repeating: "0", count: decimals - fraction.count) + fraction
    }
}
