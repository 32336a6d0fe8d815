internal import Collector
internal import EventStore
internal import Logging
internal import MySQL
internal import Synchronization
internal import System

/// Keeps what was measured in the database: it takes readings without waiting for anybody, and writes them about once a minute. What
/// cannot be written waits in memory, up to a bound.
final class HistorySink: Sendable {
    /// What a crash may cost, and how old what another process sees may be.
    static let flushInterval = Duration.seconds(60)
    /// An app that the platform does not know loses its history so long after it was last measured.
    static let appGrace = Duration.seconds(7 * 86_400)

    struct State {
        /// Nil where no history is kept.
        var settings: MetricsSettings?
        var open = OpenHistory(interval: 1)
        var written = 0
        var damaged = 0
        /// Steps for which a coarse block had no room.
        var dropped = 0
        var stored: Int?
        var duration: Duration?
        var lastSuccess: WallTime?
        /// What is the matter with the database, as it was told.
        var trouble: String?
        /// Up to where all that was measured is in coarser blocks, and when the apps were looked through, and what is too old.
        var rolledUp: Int?
        var looked: WallTime?
        var forgot: WallTime?
    }

    let store: MetricStore
    let logger: Logger
    let state = Mutex(State())

    /// The history of `host` in the database there. It takes nothing before it is told what to keep.
    init(_ endpoint: Endpoint, host: String, _ logger: Logger) throws {
        store = try MetricStore(endpoint, host: host)
        self.logger = logger
    }

    /// Keeps from now on what the settings say; nil is nothing.
    func keep(_ settings: MetricsSettings?) {
        state.withLock { state in
            state.settings = settings
            if let interval = settings?.interval { state.open.interval = interval.milliseconds }
        }
    }

    /// Takes what was measured.
    func take(_ readings: Readings) {
        state.withLock { state in
            if state.settings != nil { state.open.take(readings) }
        }
    }

    /// Writes now and then until the surrounding task is cancelled, and then once more. `knownApps` are the ids of the apps that the
    /// platform knows.
    func run(knownApps: @Sendable () async throws -> Set<String>) async {
        while !Task.isCancelled {
            // The wish to end ends the sleep.
            try? await Task.sleep(for: Self.flushInterval)
            await flush(at: .now, isLast: Task.isCancelled, knownApps: knownApps)
        }
    }

    /// What it tells of itself.
    var samples: [Sample] {
        state.withLock { state in
            guard state.settings != nil else { return [] }
            func sample(_ metric: Metric, _ value: Double?) -> Sample? {
                value.map { Sample(Series(metric), $0, isCounter: metric.isCounter) }
            }
            return [
                sample(.historyWritten, Double(state.written)),
                sample(.historyDropped, Double(state.open.dropped + state.dropped)),
                sample(.historyWaiting, Double(state.open.waiting)), sample(.historyDamaged, Double(state.damaged)),
                sample(.historyStored, state.stored.map { Double($0) }),
                sample(.historyFlushDuration, state.duration?.seconds),
                sample(.historyLastSuccess, state.lastSuccess.map { Double($0.microseconds) / 1e6 }),
            ].compactMap { $0 }
        }
    }
}
