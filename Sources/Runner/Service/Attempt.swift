internal import EventStore
internal import Events
internal import Logging
internal import Projections
internal import System

/// One attempt of a task on this host: launched, or taken up again after the runner was away, then followed to its end.
struct Attempt {
    let task: TaskRecord
    let service: Service
    let runner: RunnerID
    let attempts: Attempts
    let directory: AttemptDirectory

    /// A shim that does not listen yet, or was stopped, is asked again after this, then ever more rarely.
    static let shortestPause = Duration.milliseconds(2)
    static let longestPause = Duration.milliseconds(250)
    /// Shims that are started for one attempt when they end before they take the gate.
    static let maximumLaunches = 3

    /// Nothing of the runner's own: neither its notify socket nor what a loader would preload is the shim's business.
    static let shimEnvironment = Environment([("PATH", Launch.defaultPath), ("LANG", "C.UTF-8")])

    init(_ task: TaskRecord, service: Service, runner: RunnerID, attempts: Attempts) {
        self.task = task
        self.service = service
        self.runner = runner
        self.attempts = attempts
        directory = service.site.site.attempt(task.id, task.attempt)
    }

    /// Drives the attempt to its end. Safe to repeat.
    func run() async throws {
        var launches = 0
        var pause = Self.shortestPause
        var reason = "it was given up before its command was started"
        RunnerStep.claimed.reached()
        while true {
            try Task.checkCancellation()
            switch try directory.standing() {
            case .unstarted where task.start != nil:
                // The log knows better: the files are gone, as with a state directory that was lost.
                try giveUp()
                return try await bury()
            case .unstarted where launches < Self.maximumLaunches:
                launches += 1
                if let refusal = try await launch() {
                    reason = refusal
                    try giveUp()
                }
            case .unstarted:
                if let complaint = directory.complaint() { reason = "no shim could be started for it: \(complaint)" }
                try giveUp()
            case .running:
                if try await followShim() { pause = Self.shortestPause }
                try await Task.sleep(for: pause)
                pause = min(pause * 2, Self.longestPause)
            case .givenUp where task.start != nil: return try await bury()
            case .givenUp: return try await finish(AttemptOutcome(.notStarted, evidence: reason))
            case .abandoned: return try await bury()
            case .over(let exit):
                try await reportStart(try directory.startRecord())
                return try await finish(AttemptOutcome(exit))
            }
        }
    }

    /// Starts a shim and returns when it has taken the gate or ended. What is returned says why the task cannot be started.
    private func launch() async throws -> String? {
        let shim: ChildProcess
        var other: UInt32?
        do {
            let variables = try await AppLaunch(task: task, service: service, runner: runner).prepare()
            let launch = try await AttemptLaunch(task, service: service, variables: variables)
            other = launch.user.shimUserID
            try directory.prepare(try launch.spec(), shimUserID: other)
            RunnerStep.prepared.reached()
            shim = try directory.startShim(
                TaskUser.command([service.shim], as: other), environment: Self.shimEnvironment,
                secrets: launch.secretVariables, keepsComplaint: other != nil)
        } catch {
            if let refusal = error as? AttemptLaunch.Refusal { return refusal.description }
            guard other != nil else { throw error }
            // No sudo at all, or a file system without access lists.
            if let failure = error as? ExecFailure { return "no shim could be started for it: \(failure.description)" }
            guard let failure = error as? SystemError, failure.code == .permission else { throw error }
            return "no shim could be started for it: \(failure.message)"
        }
        while try directory.gate() == nil, shim.end == nil { try await Task.sleep(for: Self.shortestPause) }
        RunnerStep.shimStarted.reached()
        return nil
    }

    /// Takes the gate, so that a shim that comes later leaves; one that was first has it.
    private func giveUp() throws {
        try DurableFile.makeDirectory(directory.path, mode: 0o700)
        _ = try directory.createGate()
    }

    /// Listens to the shim until it closes: its start and its progress become events. False when it does not answer.
    private func followShim() async throws -> Bool {
        guard let connection = try? AttemptConnection(to: directory) else { return false }
        attempts.connected(task, connection)
        defer { connection.close() }
        for await message in connection.messages {
            switch message {
            case .started: try await reportStart(try directory.startRecord())
            case .progress(let progress): try await report(progress)
            case .exited, .state, .refused: break
            }
        }
        return true
    }

    func reportStart(_ record: StartRecord?) async throws {
        guard let record else { return }
        let id = task.id
        let known = try await service.site.log.inspect { platform, _ in
            (started: platform.tasks.task(id)?.start != nil, session: platform.locks.session(of: id)?.id)
        }
        guard !known.started, let session = known.session else { return }
        RunnerStep.beforeStartReport.reached()
        _ = try await service.site.submit(
            .taskStarted(
                TaskStarted(
                    task: id, attempt: task.attempt, session: session, process: ProcessID(record.identity),
                    cgroup: record.cgroup?.path), by: runner), as: "runner", correlation: id.text)
        RunnerStep.afterStartReport.reached()
    }

    private func report(_ progress: TaskProgress) async throws {
        _ = try await service.site.submit(
            .taskProgressed(
                TaskProgressed(
                    task: task.id, attempt: task.attempt, percent: progress.percent,
                    message: progress.message.isEmpty ? nil : progress.message), by: runner),
            as: "runner", correlation: task.id.text)
    }

    func finish(_ outcome: AttemptOutcome) async throws {
        let finished = TaskFinished(
            task: task.id, attempt: task.attempt, outcome: outcome.outcome, exitCode: outcome.exitCode,
            signal: outcome.signal, evidence: outcome.evidence, usage: outcome.usage)
        RunnerStep.beforeFinishReport.reached()
        _ = try await service.site.submit(
            .taskFinished(finished, by: runner, jitter: Int.random(in: 0...1000)), as: "runner",
            correlation: task.id.text, causation: task.position)
        RunnerStep.afterFinishReport.reached()
        service.logger.info("task \(task.id) (\(task.order.type)) \(outcome.outcome.rawValue): \(outcome.evidence)")
    }
}
