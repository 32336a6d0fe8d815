internal import EventStore
internal import Events
internal import Logging
internal import Projections
internal import Synchronization
internal import System

/// Leaves in the database how far this host's runner has followed the log, for `log stats`. A record costs a commit, so it
/// is made at times, and only when the runner has come further; nothing depends on it.
final class FollowerMark: Sendable {
    /// Between two records.
    static let interval = Duration.seconds(2)
    /// The longest name that the table of followers takes.
    static let maximumNameBytes = 96
    /// What the names begin with.
    static let prefix = "runner-"

    private struct State {
        var reached: Position
        var recorded: Position
        var due: MonotonicTime
        /// True while the last record failed: it is said once.
        var isFailing = false
    }

    private let log: MySQLLog<Platform>
    private let seen: HighestSeen
    private let logger: Logger
    private let name: String
    private let state: Mutex<State>

    /// One follower a host: its next runner goes on where this one ends. The table's names are ASCII.
    init(_ service: Service, runner: RunnerID) {
        log = service.site.log
        seen = service.site.seen
        logger = service.logger
        name = Self.name(of: runner, on: service.site.site.host)
        state = Mutex(State(reached: 0, recorded: 0, due: .now))
    }

    /// Under what the place of a host's runner is kept, in table `follower`.
    static func name(of runner: RunnerID, on host: String) -> String {
        let name = prefix + host
        let fits = name.utf8.count <= maximumNameBytes && name.utf8.allSatisfy { (0x20..<0x7f).contains($0) }
        return fits ? name : "\(prefix)\(runner)"
    }

    /// Everything up to `position` has been dealt with.
    func reached(_ position: Position) {
        state.withLock { $0.reached = max($0.reached, position) }
    }

    /// Records the position if it is another one than the last recorded and that was long enough ago.
    func recordIfDue() async {
        let isDue = state.withLock { $0.due <= .now }
        if isDue { await record() }
    }

    /// Records the position if it is another one than the last recorded. A failure harms nobody but who reads the figures.
    func record() async {
        let position = state.withLock { $0.reached > $0.recorded ? $0.reached : nil }
        guard let position else { return }
        do {
            try await log.followed(upTo: position, by: name)
            if let problem = seen.problem { throw StoreError(.unreadable, problem) }
            state.withLock { state in
                state.recorded = position
                state.isFailing = false
            }
        } catch {
            let isNew = state.withLock { state in
                defer { state.isFailing = true }
                return !state.isFailing
            }
            if isNew { logger.warning("the follower's position is not recorded: \(error)") }
        }
        state.withLock { $0.due = .now.advanced(by: Self.interval) }
    }
}
