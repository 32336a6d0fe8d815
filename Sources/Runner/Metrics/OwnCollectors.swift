internal import Collector
internal import Logging
internal import Synchronization
internal import System

/// Runs the collectors that the configuration names, each by itself at its own interval: one that hangs costs itself only. What one
/// printed is told until its next run, and of a run that failed nothing is.
final class OwnCollectors: Sendable {
    private struct Entry {
        let settings: OwnCollectorSettings
        var ledger = Ledger(isOfHost: false)
        /// What it printed last; none where that was not taken.
        var families: [PrometheusText.Family] = []
        /// The names that are its own: of the last output that was taken.
        var names: Set<String> = []
        var task: Task<Void, Never>?
    }

    private let sink: @Sendable (Readings) -> Void
    /// In the order of the configuration.
    private let collectors = Mutex<[Entry]>([])

    /// - Parameter sink: takes what was measured, and does not block.
    init(_ sink: @escaping @Sendable (Readings) -> Void) { self.sink = sink }

    /// Runs these from now on. One that is as it was goes on; one that is not there any more ends, and its series with it.
    func configure(_ settings: [OwnCollectorSettings], _ logger: Logger) {
        collectors.withLock { collectors in
            for gone in collectors where !settings.contains(gone.settings) { gone.task?.cancel() }
            collectors = settings.map { settings in
                if let same = collectors.first(where: { $0.settings == settings }) { return same }
                let task = Task { [weak self] in
                    var next = MonotonicTime.now
                    while let own = self, !Task.isCancelled {
                        await own.run(settings, logger)
                        next = max(next.advanced(by: settings.interval), .now)
                        try? await Task.sleep(for: .milliseconds(next.millisecondsFromNow))
                    }
                }
                return Entry(settings: settings, task: task)
            }
        }
    }

    /// What was measured last, of all of them.
    var readings: [Reading] { collectors.withLock { $0.flatMap { $0.ledger.readings?.all ?? [] } } }

    /// What is on the page of it.
    var families: [PrometheusText.Family] { collectors.withLock { $0.flatMap(\.families) } }

    private func run(_ settings: OwnCollectorSettings, _ logger: Logger) async {
        let begin = MonotonicTime.now
        let result: Result<PrometheusText, CollectorRun.Failure>
        do throws(CollectorRun.Failure) {
            result = .success(try await CollectorRun(settings: settings).text())
        } catch {
            result = .failure(error)
        }
        guard !Task.isCancelled else { return }
        let took = Duration.since(begin)
        let told = collectors.withLock { collectors in
            Self.take(result, of: settings, took: took, &collectors)
        }
        guard let (news, readings) = told else { return }
        if let readings { sink(readings) }
        for problem in news.begun { logger.warning("collector \(problem.source): \(problem.message)") }
        for source in news.ended { logger.notice("collector \(source): all is well again") }
    }

    /// Nil when it is configured no more.
    private static func take(
        _ result: Result<PrometheusText, CollectorRun.Failure>, of settings: OwnCollectorSettings, took: Duration,
        _ collectors: inout [Entry]
    ) -> (Ledger.News, Readings?)? {
        guard let index = collectors.firstIndex(where: { $0.settings == settings }) else { return nil }
        var (samples, problem): ([Sample], String?) = ([], nil)
        collectors[index].families = []
        switch result {
        case .failure(let failure): problem = failure.words
        case .success(let text):
            let names = Set(text.families.flatMap(\.names))
            if let first = collectors[..<index].first(where: { !$0.names.isDisjoint(with: names) }) {
                let name = first.names.intersection(names).min() ?? ""
                problem = "\(name) is what the collector \(first.settings.name) tells: give one of them another name"
            } else {
                samples = text.samples
                collectors[index].families = text.families
                collectors[index].names = names
                // One behind it that was first by chance hears of it at its next run.
                for other in collectors.indices where other > index && !collectors[other].names.isDisjoint(with: names)
                {
                    collectors[other].families = []
                }
            }
        }
        let pass = Pass(own: settings.name, samples, problem: problem, duration: took, at: .now, monotonic: .now)
        let news = collectors[index].ledger.take(pass)
        return (news, collectors[index].ledger.readings)
    }
}
