internal import Collector
internal import Logging
internal import Synchronization
internal import System

/// To whom readings are handed on beside the page. None of them holds up who measures.
final class MetricSinks: Sendable {
    let alerts: AlertSink
    private let roster: LiveRoster
    private let history: HistorySink?
    private let graphite = Mutex<(settings: GraphiteSettings, sink: GraphiteSink)?>(nil)

    init(_ history: HistorySink? = nil, roster: LiveRoster = LiveRoster()) {
        (self.history, self.roster, alerts) = (history, roster, AlertSink(roster))
    }

    /// As the settings say from now on; what is as it was goes on.
    func configure(_ settings: MetricsSettings?, _ logger: Logger) {
        alerts.change(to: settings?.alerts ?? [])
        history?.keep(settings)
        graphite.withLock { graphite in
            guard graphite?.settings != settings?.graphite else { return }
            graphite?.sink.stop()
            graphite = nil
            guard let wanted = settings?.graphite else { return }
            do throws(SystemError) {
                graphite = (wanted, try GraphiteSink(wanted, logger))
            } catch {
                logger.warning("nothing is sent to \(wanted.server): \(error.message)")
            }
        }
    }

    /// What was measured together. Of an app that was removed meanwhile nothing is told.
    ///
    /// - Parameters:
    ///   - every: how often it is measured.
    ///   - isWhole: by a pass over the host and its apps, and not by a collector of somebody's own.
    func take(_ measured: Readings, every: Duration, isWhole: Bool = false) {
        let readings = roster.known(measured)
        graphite.withLock { $0?.sink }?.take(readings, isRepeated: isWhole)
        alerts.take(readings, every: every)
        history?.take(readings)
    }

    /// What the sinks tell of themselves.
    var samples: [Sample] { (graphite.withLock { $0?.sink }?.samples ?? []) + (history?.samples ?? []) }
}
