internal import Collector

extension Exposition {
    /// Of the built-in metrics, family by family in their order.
    mutating func add(_ readings: [Reading]) {
        // There can be thousands: they are not copied.
        let byName = Dictionary(grouping: readings.indices) { readings[$0].series.name }
        var told: Set<String> = []
        for metric in Metric.allCases {
            for subject in [Subject.host, .app(""), .task("")] {
                let name = metric.name(of: subject)
                guard told.insert(name).inserted, let indices = byName[name] else { continue }
                family(name, metric.isCounter ? .counter : .gauge, metric.help) { page in
                    for index in indices {
                        page.sample(name, readings[index].series.allLabels, readings[index].value)
                    }
                }
            }
        }
    }
}

extension Exposition {
    private static let unexplained = "Printed by a collector of this host's own."

    /// Of collectors of somebody's own, as they printed them.
    mutating func add(_ families: [PrometheusText.Family]) {
        for told in families {
            family(told.name, Kind(told.kind), told.help ?? Self.unexplained) { page in
                for line in told.lines { page.sample(line.name, line.labels.map { ($0.name, $0.value) }, line.value) }
            }
        }
    }
}

extension Exposition.Kind {
    fileprivate init(_ kind: PrometheusText.Kind) {
        self =
            switch kind {
            case .counter: .counter
            case .gauge: .gauge
            case .histogram: .histogram
            case .summary: .summary
            case .untyped: .untyped
            }
    }
}

extension Series {
    /// The subject's own first.
    fileprivate var allLabels: [(String, String)] {
        ((subject.label.map { [$0] } ?? []) + labels).map { ($0.name, $0.value) }
    }
}
