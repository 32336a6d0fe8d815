internal import Collector
internal import Logging
internal import Synchronization
internal import System

/// Measures the host again and again while it is asked to, and keeps what was measured last. It needs no database.
final class HostMeasurements: Sendable {
    private struct State {
        var interval: Duration?
        var ledger = Ledger()
        var repetition: Repetition?
    }

    private let meter = HostMeter()
    private let passing = Mutex(())
    private let state = Mutex(State())

    /// Measures at this interval from now on; nil is not at all.
    func measure(every interval: Duration?, _ logger: Logger) {
        state.withLock { state in
            guard state.interval != interval else { return }
            state = State(interval: interval)
            guard let interval else { return }
            do throws(SystemError) {
                state.repetition = try Repetition(every: interval) { [self] in pass(logger) }
            } catch {
                logger.warning("the host is not measured: \(error.message)")
            }
        }
    }

    /// What was measured last, where it is measured.
    var samples: [Sample] { state.withLock { $0.interval == nil ? [] : $0.ledger.samples } }

    private func pass(_ logger: Logger) {
        // One of another interval may not have ended yet.
        let pass = passing.withLock { _ in meter.pass() }
        let news = state.withLock { $0.ledger.take(pass) }
        for problem in news.begun { logger.warning("not measured: \(problem.source): \(problem.message)") }
        for source in news.ended { logger.notice("measured again: \(source)") }
    }
}

extension Exposition {
    mutating func add(_ samples: [Sample]) {
        let byMetric = Dictionary(grouping: samples, by: \.series.metric)
        for metric in Metric.allCases {
            guard let samples = byMetric[metric] else { continue }
            family(metric.rawValue, metric.isCounter ? .counter : .gauge, metric.help) { page in
                for sample in samples {
                    page.sample(metric.rawValue, metric.label.map { [($0, sample.series.label)] } ?? [], sample.value)
                }
            }
        }
    }
}
