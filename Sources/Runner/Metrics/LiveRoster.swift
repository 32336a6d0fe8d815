internal import Collector
internal import Events
internal import Projections
internal import Synchronization

/// What there is to measure, as all who measure and tell see it. Safe from any task.
final class LiveRoster: Sendable {
    private struct State {
        var roster = Roster()
        /// Before the log is followed nobody knows which apps there are.
        var hasBegun = false
    }

    private let state = Mutex(State())

    var current: Roster { state.withLock(\.roster) }

    /// Whether it is known which apps there are.
    var hasBegun: Bool { state.withLock(\.hasBegun) }

    func begin(with platform: Platform) {
        state.withLock { state in
            state.roster.begin(with: platform)
            state.hasBegun = true
        }
    }

    func evolve(_ fact: Fact) { state.withLock { $0.roster.evolve(fact) } }

    /// Where apps are from now on, and which of the host's directories are measured.
    func look(at places: AppPlaces, _ directories: [MeasuredDirectory] = []) {
        state.withLock { ($0.roster.places, $0.roster.directories) = (places, directories) }
    }

    /// False for an app that is not registered, or not any more. What is no app's is always known.
    func knows(_ app: String?) -> Bool {
        guard let app else { return true }
        return state.withLock { !$0.hasBegun || $0.roster.apps.contains(app) }
    }

    /// Without what is of apps that are not known.
    func known(_ readings: [Reading]) -> [Reading] {
        let (apps, hasBegun) = state.withLock { ($0.roster.apps, $0.hasBegun) }
        let isKnown = { (reading: Reading) in reading.series.subject.app.map(apps.contains) ?? true }
        // Mostly all are: then nothing is copied.
        return !hasBegun || readings.allSatisfy(isKnown) ? readings : readings.filter(isKnown)
    }

    /// The same.
    func known(_ readings: Readings) -> Readings { Readings(at: readings.at, known(readings.all)) }
}
