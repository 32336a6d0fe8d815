internal import EventStore
internal import Events
public import Logging
internal import Projections
internal import System

/// The runner service of one host: it registers, follows the log, starts tasks as processes, looks after the sessions of
/// its host, and ends in good order. Tasks outlive it.
public struct Service: Sendable {
    /// Why a service cannot run, or not go on.
    public enum Failure: Error, Sendable {
        /// Another runner of this host lives.
        case anotherRunner(pid: Int)
        /// The log says that this runner is not registered any more.
        case replaced
        /// Tasks with `database: true` cannot be given one; the problem and what to do are sentences without a full stop.
        case noTaskDatabase(problem: String, hint: String)
        /// The log was restored from an older dump and taken over: what this runner knows is of another history.
        case restored
    }

    /// The log is looked at at least this often, hint or not.
    static let poll = Duration.seconds(1)
    /// Events that are read at once.
    static let pageSize = 1000

    private(set) var site: OpenSite
    let settings: Settings
    let shim: String
    let logger: Logger
    let pulse: @Sendable () -> Void
    private let history: HistorySink?
    /// What it tells of itself.
    public let metrics: ServiceMetrics

    /// What it goes by now.
    var configuration: Configuration { settings.current }
    /// How often the configuration was read again.
    var reloads: Int { settings.reloads }

    /// `shim` is the path of the program interlock-shim. `pulse` is called now and then as long as the log is followed, or
    /// waited for while the database is away.
    public init(
        _ site: OpenSite, configuration: Configuration, shim: String, logger: Logger,
        pulse: @escaping @Sendable () -> Void = {}
    ) {
        let history = Self.history(site, logger)
        let metrics = ServiceMetrics(site, history: history)
        self.metrics = metrics
        self.history = history
        self.site = site
        self.site.observeCommit = { metrics.committed($0, took: $1) }
        let settings = Settings(configuration)
        self.site.noticeRules = { settings.current.noticeRules }
        self.settings = settings
        self.pulse = pulse
        self.shim = shim
        self.logger = logger
    }

    /// Nil where no thread is to be had.
    private static func history(_ site: OpenSite, _ logger: Logger) -> HistorySink? {
        do {
            return try HistorySink(site.site.endpoint, host: site.site.host, logger)
        } catch {
            logger.warning("no history of measurements is kept: \(error)")
            return nil
        }
    }

    /// Serves until the surrounding task is cancelled. `ready` is called once this runner is registered,
    /// and before it does anything.
    public func run(ready: @Sendable () -> Void) async throws {
        Cgroup.settle()
        metrics.measure(configuration.metrics, logger)
        if let warning = configuration.limitWarning { logger.warning("\(warning)") }
        settings.taskDatabase = try await TaskDatabase.endpoint(for: configuration, site)
        let runner = try await register()
        logger.info("registered as runner \(runner) of host \(site.site.host)")
        // Not before: what another runner of this state directory has started is not to be ended.
        metrics.clear()
        metrics.collect(configuration.metrics, logger)
        let acting = Acting(
            attempts: Attempts(service: self, runner: runner), watch: SessionWatch(service: self),
            delayed: DelayedTasks(service: self), mail: MailReconciler(service: self, runner: runner),
            deliverer: Deliverer(service: self, runner: runner),
            mark: FollowerMark(self, runner: runner))
        ready()
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await acting.watch.run() }
                group.addTask { try await acting.attempts.run() }
                group.addTask { try await acting.delayed.run() }
                group.addTask { try await acting.mail.run() }
                group.addTask { try await acting.deliverer.run() }
                group.addTask { try await Lookout(service: self).run() }
                group.addTask { try await metrics.sinks.alerts.run(self) }
                group.addTask { try await ScheduledTasks(service: self).run() }
                group.addTask { try await ReactionFollower(service: self, runner: runner).run() }
                group.addTask { try await follow(runner, acting) }
                if let history {
                    let site = site
                    group.addTask {
                        await history.run {
                            try await site.log.inspect { platform, _ in Set(platform.apps.all.map(\.id)) }
                        }
                    }
                }
                try await group.next()
                group.cancelAll()
            }
        } catch is CancellationError {
            // The wish to end is what cancels.
        }
        await leave(runner, acting)
    }

    /// Says that it ends. Without the database it goes unsaid: the next runner proves that this one is dead.
    private func leave(_ runner: RunnerID, _ acting: Acting) async {
        // In a task of its own: a cancelled one would not be let to say so.
        await Task {
            await acting.mark.record()
            do {
                try await retire(runner)
            } catch {
                logger.warning("not retired (\(error)); running tasks run on")
            }
        }.value
    }

    /// Those who act on what happens.
    private struct Acting: Sendable {
        let attempts: Attempts
        let watch: SessionWatch
        let delayed: DelayedTasks
        let mail: MailReconciler
        let deliverer: Deliverer
        let mark: FollowerMark
    }

    /// Registers this process. A registered runner of this host is retired first if it is proven dead.
    private func register() async throws -> RunnerID {
        let runner = try NewID.runner()
        let claimant = try await site.claimant(
            for: try ProcessIdentity.current, program: "interlock", label: "runner", inherited: nil,
            closesWhenIdle: false)
        let host = site.site.host
        let before = try await site.log.inspectDurably { platform, _ in
            platform.tasks.runner(on: host).flatMap { platform.locks.session($0.session) }
        }
        let proof = before.map { site.ends(of: [$0]) } ?? []
        if let before, proof.isEmpty { throw Failure.anotherRunner(pid: before.process?.pid ?? 0) }
        // Before its tasks take part: they are not to be let in by a capacity that is no longer wanted.
        _ = try await site.submit(.configureSlots(configuration.capacities, onlyMissing: false))
        _ = try await site.submit(
            .registerRunner(
                RunnerRegistration(runner: runner, host: host, holder: claimant.holder, predecessor: proof.first)))
        return runner
    }

    private func retire(_ runner: RunnerID) async throws {
        let session = try await site.log.inspect { platform, _ in platform.tasks.runner(runner)?.session }
        guard let session else { return }
        _ = try await site.submit(.retireRunner(runner, cause: .stopped))
        _ = try await site.submit(
            .endSessions([SessionEnded(session: session, cause: .exited, evidence: "the runner ended")]))
        logger.info("retired; running tasks run on")
    }

    /// Reads what happens and gives it to those who act on it. Everything that is handed on is durable.
    private func follow(_ runner: RunnerID, _ acting: Acting) async throws {
        let hint = try? HintSocket(at: site.hints.follower("runner-\(runner)"))
        let host = site.site.host
        let site = site
        let now = try await persist("the follower", isPulsing: true) { try await site.log.time() }
        // What is so already, then what happens from there on.
        let (failure, start) = try await site.log.inspectDurably { platform, position -> (Failure?, Position) in
            // It may have stood still since it registered: what it would follow from here on begins after its end.
            guard platform.tasks.runner(runner) != nil else {
                return (platform.tasks.runner(on: host) == nil ? .restored : .replaced, position)
            }
            for session in platform.locks.sessions(on: host) where session.task == nil {
                acting.watch.add(session.id, session.process)
            }
            for request in platform.locks.queue where platform.locks.session(request.session)?.host == host {
                acting.watch.add(request.id, waiter: request.waiter)
            }
            for task in platform.tasks.claimed(on: host) { acting.attempts.add(task) }
            for task in platform.tasks.unfinished where task.phase == .queued && [nil, host].contains(task.host) {
                if let time = task.notBefore, platform.locks.session(of: task.id) == nil {
                    acting.delayed.add(task.id, notBefore: time, now: now)
                }
            }
            metrics.begin(with: platform, at: position)
            return (nil, position)
        }
        if let failure { throw failure }
        var position = start
        acting.mark.reached(position)
        while !Task.isCancelled {
            pulse()
            let from = position
            let events = try await persist("the follower", isPulsing: true) {
                try await site.log.durableEvents(after: from, limit: Self.pageSize)
            }
            for event in events {
                position = event.position
                let fact = try event.fact()
                metrics.observe(fact)
                try await react(to: fact, runner, acting)
                metrics.followed(to: position)
                acting.mark.reached(position)
                pulse()
            }
            await acting.mark.recordIfDue()
            if events.isEmpty {
                metrics.followed(to: position, hasCaughtUp: true)
                if let hint {
                    _ = try await hint.wait(timeout: Self.poll)
                } else {
                    try await Task.sleep(for: Self.poll)
                }
            }
        }
        throw CancellationError()
    }

    private func react(to fact: Fact, _ runner: RunnerID, _ acting: Acting) async throws {
        let host = site.site.host
        switch fact.event {
        case .sessionOpened(let data) where data.host == host: acting.watch.add(data.session, data.process)
        case .sessionEnded(let data): acting.watch.remove(data.session)
        case .lockRequested(let data) where data.waiter != nil:
            let site = site
            let session = try await persist("the follower", isPulsing: true) {
                try await site.log.inspect { platform, _ in platform.locks.session(data.session) }
            }
            if session?.host == host { acting.watch.add(data.request, waiter: data.waiter) }
        case .lockGranted(let data): acting.watch.remove(data.request)
        case .lockWithdrawn(let data): acting.watch.remove(data.request)
        case .taskQueued(let data):
            if let time = data.notBefore { acting.delayed.add(data.task, notBefore: time, now: fact.at) }
        case .taskClaimed(let data) where data.host == host:
            let site = site
            let task = try await persist("the follower", isPulsing: true) {
                try await site.log.inspect { platform, _ in platform.tasks.task(data.task) }
            }
            if let task { acting.attempts.add(task) }
        case .taskStopRequested(let data): acting.attempts.stop(data)
        case .taskFinished(let data):
            acting.delayed.remove(data.task)
            acting.mail.wake()
        case .appRegistered, .appChanged, .appRemoved, .appReconfigured, .appReconfigureFailed, .mailRenameRequested,
            .mailRenamed, .mailRenameRefused, .mailNameRetired, .mailServed:
            acting.mail.wake()
        case .notificationRaised, .notificationRepeated, .notificationResolved, .userAdded, .userRoleChanged,
            .userEmailChanged:
            acting.deliverer.wake()
        case .taskRetryScheduled(let data): try await delay(data, fact.at, acting)
        case .logRestored: throw Failure.restored
        case .runnerRetired(let data) where data.runner == runner: throw Failure.replaced
        default: break
        }
    }

    /// The next attempt is made on the host of the one before; what was never on one is anybody's.
    private func delay(_ data: TaskRetryScheduled, _ now: Timestamp, _ acting: Acting) async throws {
        let site = site
        let host = try await persist("the follower", isPulsing: true) {
            try await site.log.inspect { platform, _ in platform.tasks.task(data.task)?.host }
        }
        guard host == nil || host == site.site.host else { return }
        acting.delayed.add(data.task, notBefore: data.notBefore, now: now)
    }
}
