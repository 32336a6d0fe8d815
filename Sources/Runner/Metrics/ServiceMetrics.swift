internal import EventStore
internal import Events
internal import Logging
internal import MySQL
internal import Projections
internal import Synchronization
internal import System

/// What the service tells of itself, in Prometheus' text format. What the state says is computed when it is asked for; what
/// happens is counted as it is followed. Safe from any task.
public final class ServiceMetrics: Sendable {
    private struct Counters {
        var tally = Tally()
        var commits = Histogram()
        var events = 0
        var reloads: [Bool: Int] = [false: 0, true: 0]
        var lastReloadWasGood = true
        var privateServer: PrivateServer?
        /// Nil until the runner follows the log.
        var position: Position?
        var caughtUp = MonotonicTime.now
    }

    private let counters = Mutex(Counters())
    private let fresh: FreshFigures
    let sinks: MetricSinks
    private let roster = LiveRoster()
    private let host: HostMeasurements
    private let own: OwnCollectors
    private let began = WallTime.now

    init(_ site: OpenSite, history: HistorySink? = nil) {
        let (log, name) = (site.log, site.site.host)
        let sinks = MetricSinks(history, roster: roster)
        (self.sinks, host) = (sinks, HostMeasurements(sinks, roster: roster))
        let groups = CollectorRun.groups(of: site.site.stateDirectory)
        own = OwnCollectors(
            roster, groups, ended: { sinks.alerts.end(collector: $0, telling: $1) }, sink: { sinks.take($0, every: $1) }
        )
        fresh = FreshFigures { try await log.inspect { StateFigures($0, at: $1, host: name) } }
    }

    /// The runner follows the log from `position` on, where the state is `platform`.
    func begin(with platform: Platform, at position: Position) {
        counters.withLock { counters in
            counters.tally.begin(with: platform)
            counters.position = position
        }
        roster.begin(with: platform)
        sinks.alerts.endApps()
    }

    func observe(_ fact: Fact) {
        counters.withLock { $0.tally.evolve(fact) }
        // First: what a pass that is under way still tells of it is not taken then.
        roster.evolve(fact)
        if case .appRemoved = fact.event { sinks.alerts.endApps() }
    }

    func committed(_ events: Int, took: Duration) {
        counters.withLock { counters in
            counters.events += events
            counters.commits.add(took.seconds)
        }
    }

    /// The runner has come to `position`; `hasCaughtUp` when nothing was behind it.
    func followed(to position: Position, hasCaughtUp: Bool = false) {
        counters.withLock { counters in
            counters.position = position
            if hasCaughtUp { counters.caughtUp = .now }
        }
    }

    /// A reload was taken over, or refused.
    public func reloaded(_ isGood: Bool) {
        counters.withLock { counters in
            counters.reloads[isGood, default: 0] += 1
            counters.lastReloadWasGood = isGood
        }
    }

    /// The private database, where that is the one.
    public func watch(_ server: PrivateServer) { counters.withLock { $0.privateServer = server } }

    /// Measures the host as the settings say from now on, and says on the page what it measured; nil is not at all. It needs no database.
    func measure(_ settings: MetricsSettings?, _ logger: Logger) {
        sinks.configure(settings, logger)
        host.measure(settings, logger)
    }

    /// Ends what the collectors of a service that was killed have left, when no other one of this state directory lives and before the
    /// first `collect`. Blocks for a second at most.
    func clear() { own.clear() }

    /// Runs the collectors of the settings from now on.
    func collect(_ settings: MetricsSettings?, _ logger: Logger) { own.configure(settings?.collectors ?? [], logger) }

    /// Ends the programs that measure: a service that ends leaves none behind.
    public func end() { own.end() }

    /// Everything, as it is now. Waits at most `FreshFigures.patience` for the database.
    func page() async -> String {
        let (figures, areFresh) = await fresh.figures()
        let counters = counters.withLock { $0 }
        var page = Exposition()
        addState(figures, areFresh, &page)
        addCounters(counters, &page)
        addFollower(figures, counters, &page)
        if let server = counters.privateServer {
            page.add(
                "interlock_private_server_up", .gauge, "Whether the private database's process is there.",
                server.mayRun ? 1 : 0)
        }
        addProcess(&page)
        page.add(host.readings + own.readings)
        page.add(own.families)
        return page.text
    }

    private func addState(_ figures: StateFigures?, _ areFresh: Bool, _ page: inout Exposition) {
        page.add(
            "interlock_database_up", .gauge, "Whether the database has answered this scrape.", areFresh ? 1 : 0)
        guard let figures else { return }
        let now = WallTime.now
        page.add(
            "interlock_state_age_seconds", .gauge, "How old the figures of the state are.",
            areFresh ? 0 : Duration.since(figures.taken).seconds)
        page.add(
            "interlock_tasks", .gauge, "Unfinished tasks by state.", by: "state",
            StateFigures.taskStates.map { ($0, Double(figures.tasks[$0] ?? 0)) })
        page.add(
            "interlock_oldest_task_age_seconds", .gauge,
            "How long the oldest task of the state has been there; a delayed one from its time on.", by: "state",
            ["queued", "waiting"].map { ($0, figures.age($0, at: now)) })
        page.add(
            "interlock_host_tasks", .gauge, "Tasks that are claimed or run on this host.",
            Double(figures.tasksOfThisHost))
        page.add("interlock_sessions", .gauge, "Living sessions, of all hosts.", Double(figures.sessions))
        page.add(
            "interlock_lock_requests_waiting", .gauge, "Requests for locks in the queue.",
            Double(figures.waitingRequests))
        page.add(
            "interlock_reactions_parked", .gauge, "Reactions that failed and wait for an operator.",
            Double(figures.parkedReactions))
        page.add("interlock_log_position", .gauge, "The position of the log's last event.", Double(figures.position))
    }

    private func addCounters(_ counters: Counters, _ page: inout Exposition) {
        page.family("interlock_tasks_finished_total", .counter, "Ended attempts by type of task and outcome.") { page in
            let sorted = counters.tally.endings.sorted { ($0.key.type, $0.key.outcome) < ($1.key.type, $1.key.outcome) }
            for (ending, count) in sorted {
                page.sample(
                    "interlock_tasks_finished_total", [("type", ending.type), ("outcome", ending.outcome)],
                    Double(count))
            }
        }
        page.add(
            "interlock_task_retries_total", .counter, "Attempts that follow a failed one, or were asked for.",
            Double(counters.tally.retries))
        page.add(
            "interlock_lock_wait_seconds", "From the request to the grant, of requests that were granted.",
            counters.tally.lockWaits)
        page.add(
            "interlock_commit_duration_seconds", "From this service's command to its durable events.", counters.commits)
        page.add(
            "interlock_events_appended_total", .counter, "Events that this service appended.", Double(counters.events))
        page.add(
            "interlock_configuration_reloads_total", .counter, "Reloads of the configuration by result.", by: "result",
            [("taken", true), ("refused", false)].map { ($0, Double(counters.reloads[$1] ?? 0)) })
        page.add(
            "interlock_configuration_last_reload_successful", .gauge, "Whether the last reload was taken over.",
            counters.lastReloadWasGood ? 1 : 0)
    }

    private func addFollower(_ figures: StateFigures?, _ counters: Counters, _ page: inout Exposition) {
        // Before it follows, as while it waits to be registered, it is behind by time alone.
        let lag = counters.position.map { max(0, (figures?.position ?? 0) - $0) }
        if let lag {
            page.add(
                "interlock_follower_lag_events", .gauge, "Events that the runner has not acted on yet.", Double(lag))
        }
        page.add(
            "interlock_follower_lag_seconds", .gauge, "For how long the runner has not been at the end of the log.",
            lag != 0 ? Duration.since(counters.caughtUp).seconds : 0)
        page.add(
            "interlock_log_holes_total", .counter, "Holes in the log that were waited at; there should be none.",
            Double(MySQLLog<Platform>.holesSeen))
    }

    private func addProcess(_ page: inout Exposition) {
        page.family("interlock_build_info", .gauge, "The database schema that this program works with.") {
            $0.sample("interlock_build_info", [("schema", String(Schema.currentVersion))], 1)
        }
        page.add(
            "process_start_time_seconds", .gauge, "Start of the service, in seconds since 1970.",
            Double(began.microseconds) / 1e6)
        // Without /proc there is nothing to tell.
        guard let usage = try? OwnUsage.now() else { return }
        page.add("process_resident_memory_bytes", .gauge, "Memory in RAM.", Double(usage.residentBytes))
        page.add(
            "process_cpu_seconds_total", .counter, "Processor time of the service itself.",
            Double(usage.cpuMicroseconds) / 1e6)
        page.add("process_open_fds", .gauge, "Open file descriptors.", Double(usage.descriptors))
    }
}
