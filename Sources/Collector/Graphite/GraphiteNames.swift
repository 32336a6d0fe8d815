/// What a series is called in Graphite: as with collectd where that has the same, below `interlock` and `own` where it has not.
public struct GraphiteNames: Sendable {
    /// The longest name, to its end.
    public static let maximumBytes = 1000
    /// What stands before every name where nothing else is configured: what collectd has by itself.
    public static func prefix(host: String) -> String {
        "collectd." + (GraphitePart.escaped(host) ?? "localhost")
    }

    private let prefix: String

    /// - Parameter prefix: parts with dots between them.
    public init(prefix: String) { self.prefix = prefix }

    /// Whether a text can stand before names.
    public static func isPrefix(_ text: String) -> Bool {
        text.utf8.count <= GraphitePart.maximumBytes
            && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { GraphitePart.isOne($0) }
    }

    private static let ofHost = Dictionary(grouping: CollectdNames.ofHost) { $0.metric.name(of: .host) }
    private static let ofApps = Dictionary(grouping: CollectdNames.ofApps) { $0.metric.name(of: .app("")) }
    private static let derived = Dictionary(grouping: CollectdNames.derived) { $0.metrics[0].name(of: .host) }
    /// What is left of the built-in names.
    private static let shortened = Dictionary(
        Metric.allCases.flatMap { [$0.name(of: .host), $0.name(of: .app(""))] }.map { ($0, shortened($0)) },
        uniquingKeysWith: { first, _ in first })

    /// One value, and what it is called; nil is no name that Graphite can have.
    struct Named {
        let name: String?
        let value: Double
    }

    /// Everything there is to tell of readings. What a task is told of is left out: its id never comes again, and Graphite keeps a
    /// file for each name for ever.
    func named(_ readings: [Reading]) -> [Named] {
        // Those of which something follows: few, so that not all are put into a table.
        var parts: [Series: Double] = [:]
        for reading in readings where reading.series.subject == .host && Self.partNames.contains(reading.series.name) {
            parts[reading.series] = reading.level
        }
        var all: [Named] = []
        all.reserveCapacity(readings.count)
        for reading in readings {
            switch reading.series.subject {
            case .task: continue
            case .host: addOfHost(reading, parts, to: &all)
            case .app(let id): addOfApp(reading, id, to: &all)
            }
        }
        return all
    }

    private static let partNames = Set(CollectdNames.derived.flatMap(\.metrics).map { $0.name(of: .host) })

    private func addOfHost(_ reading: Reading, _ parts: [Series: Double], to all: inout [Named]) {
        let series = reading.series
        let names = Self.ofHost[series.name] ?? []
        let derived = Self.derived[series.name] ?? []
        let label = series.labels.first?.value ?? ""
        for name in names {
            guard let level = reading.level else { continue }
            all.append(Named(name: path(name.name, label, of: name.metric), value: level * name.scale))
        }
        for one in derived {
            let levels = one.metrics.compactMap { parts[Series($0, label)] }
            guard levels.count == one.metrics.count else { continue }
            all.append(Named(name: path(one.name, label, of: one.metrics[0]), value: one.value(levels)))
        }
        guard names.isEmpty, let level = reading.level else { return }
        all.append(Named(name: path(to: series, below: ""), value: level))
    }

    private func addOfApp(_ reading: Reading, _ id: String, to all: inout [Named]) {
        let series = reading.series
        guard let app = GraphitePart.encoded(id) else { return all.append(Named(name: nil, value: 0)) }
        for name in Self.ofApps[series.name] ?? [] {
            guard let value = name.isTotal ? reading.value : reading.level else { continue }
            let template = name.name.replacing("{app}", with: app)
            all.append(
                Named(
                    name: path(template, series.labels.first?.value ?? "", of: name.metric), value: value * name.scale))
        }
        guard let level = reading.level else { return }
        all.append(Named(name: path(to: series, below: "table-\(app)-"), value: level))
    }

    private func path(_ template: String, _ label: String, of metric: Metric) -> String? {
        guard template.contains("{}") else { return bounded(template) }
        guard let word = GraphitePart.escaped(CollectdNames.word(for: label, of: metric)) else { return nil }
        return bounded(template.replacing("{}", with: word))
    }

    /// Where collectd has nothing: the name for Prometheus without what it says in Graphite anyway, and a part for each label.
    private func path(to series: Series, below place: String) -> String? {
        var parts: [String]
        if let name = Self.shortened[series.name] {
            parts = [place + "interlock", name] + series.labels.map(\.value)
        } else {
            parts = [place + "own", series.name] + series.labels.map { "\($0.name)-\($0.value)" }
        }
        for index in parts.indices {
            guard let part = GraphitePart.escaped(parts[index]) else { return nil }
            parts[index] = part
        }
        return bounded(parts.joined(separator: "."))
    }

    /// `interlock_host_pressure_waiting_seconds_total` is `pressure_waiting_seconds`: a counter's rate is told.
    static func shortened(_ name: String) -> String {
        var rest = name[...]
        for beginning in ["interlock_", "host_", "app_"] where rest.hasPrefix(beginning) {
            rest = rest.dropFirst(beginning.count)
        }
        return String(rest.hasSuffix("_total") ? rest.dropLast("_total".count) : rest)
    }

    private func bounded(_ path: String) -> String? {
        let whole = "\(prefix).\(path)"
        return whole.utf8.count <= Self.maximumBytes ? whole : nil
    }
}
