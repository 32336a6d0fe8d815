internal import Collector
internal import Logging
internal import Synchronization
internal import System

/// Measures the host, its apps and the tasks that run, again and again while it is asked to, and hands on what was measured. It needs
/// no database.
final class HostMeasurements: Sendable {
    private struct State {
        var interval: Duration?
        var ledger = Ledger()
        var repetition: Repetition?
    }

    private let meter = HostMeter()
    private let passing = Mutex(())
    private let state = Mutex(State())
    private let sinks: MetricSinks
    private let roster: LiveRoster

    init(_ sinks: MetricSinks = MetricSinks(), roster: LiveRoster = LiveRoster()) {
        (self.sinks, self.roster) = (sinks, roster)
    }

    /// Measures as the settings say from now on; nil is not at all.
    func measure(_ settings: MetricsSettings?, _ logger: Logger) {
        defer { if settings == nil { meter.endWalks() } }
        roster.look(
            at: settings?.apps ?? AppPlaces(),
            (settings?.directories ?? [:]).sorted { $0.key < $1.key }.map {
                MeasuredDirectory(.host, $0.key, at: $0.value)
            })
        state.withLock { state in
            guard state.interval != settings?.interval else { return }
            state = State(interval: settings?.interval)
            guard let interval = settings?.interval else { return }
            do throws(SystemError) {
                state.repetition = try Repetition(every: interval) { [self] in pass(every: interval, logger) }
            } catch {
                logger.warning("the host is not measured: \(error.message)")
            }
        }
    }

    /// What was measured last, where it is measured.
    var readings: [Reading] {
        roster.known(state.withLock { $0.interval == nil ? [] : $0.ledger.readings?.all ?? [] })
    }

    private func pass(every interval: Duration, _ logger: Logger) {
        let roster = roster.current
        // An engine that does not answer makes no pass as late as the next.
        let patience = min(ContainerEngine.patience, .milliseconds(interval.milliseconds / 2))
        // One of another interval may not have ended yet.
        // With the lock: passes are taken in the order in which they were made.
        let (news, readings) = passing.withLock { _ in
            let pass = meter.pass(
                apps: { () throws(Problem) in
                    try roster.appGroups { engine throws(Problem) in try engine.running(within: patience) }
                },
                tasks: { () throws(Problem) in roster.taskGroups }, directories: roster.allDirectories)
            // Nothing may be measured any more since it began.
            if state.withLock({ $0.interval == nil }) { meter.endWalks() }
            let own = sinks.samples
            return state.withLock { ($0.ledger.take(pass, besides: own), $0.ledger.readings) }
        }
        if let readings { sinks.take(readings, every: interval, isWhole: true) }
        for problem in news.begun { logger.warning("not measured: \(problem.source): \(problem.message)") }
        for source in news.ended { logger.notice("measured again: \(source)") }
    }
}
