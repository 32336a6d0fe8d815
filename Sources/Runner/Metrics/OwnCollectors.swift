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
        /// All that it has told since the service is there; some of it, where that has no end.
        var told: Set<String> = []
        var task: Task<Void, Never>?
    }

    private struct State {
        /// In the order of the configuration.
        var collectors: [Entry] = []
        /// None begins any more.
        var isOver = false
    }

    private let sink: @Sendable (Readings, _ every: Duration) -> Void
    private let ended: @Sendable (_ name: String, _ metrics: Set<String>) -> Void
    private let roster: LiveRoster
    private let groups: RunGroups?
    private let starts = HangingCalls()
    /// Names of metrics that are remembered of one.
    private static let maximumTold = 10_000
    private let state = Mutex(State())

    /// - Parameters:
    ///   - roster: knows the apps of which something is to be told.
    ///   - groups: in which they run.
    ///   - ended: is told when one is configured no more, and what it told; does not block.
    ///   - sink: takes what was measured, and does not block. After `ended` nothing of that one comes.
    init(
        _ roster: LiveRoster = LiveRoster(), _ groups: RunGroups? = nil,
        ended: @escaping @Sendable (_ name: String, _ metrics: Set<String>) -> Void = { _, _ in },
        sink: @escaping @Sendable (Readings, _ every: Duration) -> Void
    ) {
        (self.roster, self.groups, self.ended, self.sink) = (roster, groups, ended, sink)
    }

    /// Ends what those of a service that was killed have left. To be called when no other service of this state directory lives, and
    /// before any runs. Blocks for a second at most, and for milliseconds where nothing hangs.
    func clear() { groups?.clear() }

    /// Runs these from now on. One that is as it was goes on; one that is not there any more ends, and its series with it.
    func configure(_ settings: [OwnCollectorSettings], _ logger: Logger) {
        state.withLock { state in
            guard !state.isOver else { return }
            let collectors = state.collectors
            for gone in collectors where !settings.contains(gone.settings) { gone.task?.cancel() }
            let names = Set(settings.map(\.name))
            let told = collectors.filter { names.contains($0.settings.name) }.reduce(into: Set()) {
                $0.formUnion($1.told)
            }
            for gone in collectors where !names.contains(gone.settings.name) {
                ended(gone.settings.name, gone.told.subtracting(told))
            }
            state.collectors = settings.map { settings in
                if let same = collectors.first(where: { $0.settings == settings }) { return same }
                let task = Task { [weak self] in
                    var next = MonotonicTime.now
                    while let own = self, !Task.isCancelled {
                        await own.run(settings, logger)
                        next = max(next.advanced(by: settings.interval), .now)
                        try? await Task.sleep(for: .milliseconds(next.millisecondsFromNow))
                    }
                }
                let before = collectors.first { $0.settings.name == settings.name }
                return Entry(settings: settings, told: before?.told ?? [], task: task)
            }
        }
    }

    /// Runs none any more, and leaves none behind. Blocks for a second at most, where one does not end at once.
    func end() {
        let hadSome = state.withLock { state in
            for collector in state.collectors { collector.task?.cancel() }
            defer { state = State(isOver: true) }
            return !state.collectors.isEmpty
        }
        if hadSome { groups?.clear() }
    }

    /// What was measured last, of all of them.
    var readings: [Reading] { roster.known(state.withLock { $0.collectors.flatMap { $0.ledger.readings?.all ?? [] } }) }

    /// What is on the page of it: nothing of an app that is not registered, or not any more.
    var families: [PrometheusText.Family] {
        state.withLock { $0.collectors.flatMap(\.families) }.compactMap { family in
            family.keeping { line in roster.knows(line.labels.first { $0.name == "app" }?.value) }
        }
    }

    private func run(_ settings: OwnCollectorSettings, _ logger: Logger) async {
        let begin = MonotonicTime.now
        let result: Result<PrometheusText, CollectorRun.Failure>
        do throws(CollectorRun.Failure) {
            result = .success(try await CollectorRun(settings: settings, starts: starts, groups: groups).text())
        } catch {
            result = .failure(error)
        }
        leave(settings.name)
        guard !Task.isCancelled else { return }
        let took = Duration.since(begin)
        let news = state.withLock { state -> Ledger.News? in
            guard let (news, readings) = Self.take(result, of: settings, took: took, &state.collectors) else {
                return nil
            }
            // With the lock: nothing comes of one that has ended.
            if let readings { sink(readings, settings.interval) }
            return news
        }
        guard let news else { return }
        for problem in news.begun { logger.warning("collector \(problem.source): \(problem.message)") }
        for source in news.ended { logger.notice("collector \(source): all is well again") }
    }

    /// Ends what a run has left. Where it was cancelled and another one of its name is there, that one has ended it, and may be in
    /// the cgroup by now.
    private func leave(_ name: String) {
        state.withLock { state in
            // With the lock: it is cancelled with it.
            if Task.isCancelled, state.collectors.contains(where: { $0.settings.name == name }) { return }
            groups?.leave(name)
        }
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
                if collectors[index].told.count < Self.maximumTold { collectors[index].told.formUnion(names) }
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
