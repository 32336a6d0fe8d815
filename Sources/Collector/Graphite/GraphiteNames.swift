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

    /// What is told of series: in which line which of their values. It is the same as long as they are.
    ///
    /// What a task is told of is left out: its id never comes again, and Graphite keeps a file for each name for ever.
    func plan(of readings: [Reading]) -> GraphitePlan {
        // Those of which something follows: few, so that not all are put into a table.
        var parts: [Series: Int] = [:]
        for (index, reading) in readings.enumerated()
        where reading.series.subject == .host && Self.partNames.contains(reading.series.name) {
            parts[reading.series] = index
        }
        var plan = GraphitePlan(of: readings)
        // Of one app there are many, one behind the other.
        var app: (id: String, part: String?)?
        for (index, reading) in readings.enumerated() {
            switch reading.series.subject {
            case .task: continue
            case .host: addOfHost(reading.series, index, parts, to: &plan)
            case .app(let id):
                if app?.id != id { app = (id, GraphitePart.encoded(id)) }
                if let part = app?.part {
                    addOfApp(reading.series, index, part, to: &plan)
                } else {
                    plan.add(nil, .level(index, scale: 1))
                }
            }
        }
        plan.close()
        return plan
    }

    private static let partNames = Set(CollectdNames.derived.flatMap(\.metrics).map { $0.name(of: .host) })

    private func addOfHost(_ series: Series, _ index: Int, _ parts: [Series: Int], to plan: inout GraphitePlan) {
        let names = Self.ofHost[series.name] ?? []
        let label = series.labels.first?.value ?? ""
        for name in names {
            plan.add(path(name.template, label, of: name.metric), .level(index, scale: name.scale))
        }
        for one in Self.derived[series.name] ?? [] {
            let indices = one.metrics.compactMap { parts[Series($0, label)] }
            guard indices.count == one.metrics.count else { continue }
            plan.add(path(one.template, label, of: one.metrics[0]), .derived(one, of: indices))
        }
        if names.isEmpty { plan.add(path(to: series, below: ""), .level(index, scale: 1)) }
    }

    private func addOfApp(_ series: Series, _ index: Int, _ app: String, to plan: inout GraphitePlan) {
        for name in Self.ofApps[series.name] ?? [] {
            let path = path(name.template, series.labels.first?.value ?? "", of: name.metric, app: app)
            plan.add(path, name.isTotal ? .total(index, scale: name.scale) : .level(index, scale: name.scale))
        }
        plan.add(path(to: series, below: "table-\(app)-"), .level(index, scale: 1))
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
