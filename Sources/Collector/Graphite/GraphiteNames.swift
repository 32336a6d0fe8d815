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
        // Of one app there are many, one behind the other.
        var app: (id: String, part: String?)?
        for reading in readings {
            switch reading.series.subject {
            case .task: continue
            case .host: addOfHost(reading, parts, to: &all)
            case .app(let id):
                if app?.id != id { app = (id, GraphitePart.encoded(id)) }
                if let part = app?.part {
                    addOfApp(reading, part, to: &all)
                } else {
                    all.append(Named(name: nil, value: 0))
                }
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
            all.append(Named(name: path(name.template, label, of: name.metric), value: level * name.scale))
        }
        for one in derived {
            let levels = one.metrics.compactMap { parts[Series($0, label)] }
            guard levels.count == one.metrics.count else { continue }
            all.append(Named(name: path(one.template, label, of: one.metrics[0]), value: one.value(levels)))
        }
        guard names.isEmpty, let level = reading.level else { return }
        all.append(Named(name: path(to: series, below: ""), value: level))
    }

    private func addOfApp(_ reading: Reading, _ app: String, to all: inout [Named]) {
        let series = reading.series
        for name in Self.ofApps[series.name] ?? [] {
            guard let value = name.isTotal ? reading.value : reading.level else { continue }
            let path = path(name.template, series.labels.first?.value ?? "", of: name.metric, app: app)
            all.append(Named(name: path, value: value * name.scale))
        }
        guard let level = reading.level else { return }
        all.append(Named(name: path(to: series, below: "table-\(app)-"), value: level))
    }

    private func path(_ template: GraphiteTemplate, _ label: String, of metric: Metric, app: String = "") -> String? {
        guard template.hasLabel else { return bounded(template.path(below: prefix, app: app)) }
        guard let word = GraphitePart.escaped(CollectdNames.word(for: label, of: metric)) else { return nil }
        return bounded(template.path(below: prefix, label: word, app: app))
    }

    /// Where collectd has nothing: the name for Prometheus without what it says in Graphite anyway, and a part for each label.
    private func path(to series: Series, below place: String) -> String? {
        let short = Self.shortened[series.name]
        let first = place + (short == nil ? "own" : "interlock")
        guard first.utf8.count <= GraphitePart.maximumBytes, let name = short ?? GraphitePart.escaped(series.name)
        else {
            return nil
        }
        var path = "\(prefix).\(first).\(name)"
        for label in series.labels {
            guard let part = GraphitePart.escaped(short == nil ? "\(label.name)-\(label.value)" : label.value) else {
                return nil
            }
            path += "."
            path += part
        }
        return bounded(path)
    }

    /// `interlock_host_pressure_waiting_seconds_total` is `pressure_waiting_seconds`: a counter's rate is told.
    static func shortened(_ name: String) -> String {
        var rest = name[...]
        for beginning in ["interlock_", "host_", "app_"] where rest.hasPrefix(beginning) {
            rest = rest.dropFirst(beginning.count)
        }
        return String(rest.hasSuffix("_total") ? rest.dropLast("_total".count) : rest)
    }

    private func bounded(_ path: String) -> String? { path.utf8.count <= Self.maximumBytes ? path : nil }
}
