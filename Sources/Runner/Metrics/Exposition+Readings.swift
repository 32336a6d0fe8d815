internal import Collector

extension Exposition {
    /// Of the built-in metrics, family by family in their order.
    mutating func add(_ readings: [Reading]) {
        let byName = Dictionary(grouping: readings, by: \.series.name)
        var told: Set<String> = []
        for metric in Metric.allCases {
            for subject in [Subject.host, .app(""), .task("")] {
                let name = metric.name(of: subject)
                guard told.insert(name).inserted, let readings = byName[name] else { continue }
                family(name, metric.isCounter ? .counter : .gauge, metric.help) { page in
                    for reading in readings { page.sample(name, reading.series.allLabels, reading.value) }
                }
            }
        }
    }
}

extension Series {
    /// The subject's own first.
    fileprivate var allLabels: [(String, String)] {
        ((subject.label.map { [$0] } ?? []) + labels).map { ($0.name, $0.value) }
    }
}
