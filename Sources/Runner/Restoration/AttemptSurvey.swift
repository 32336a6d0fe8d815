internal import Events
internal import Projections
internal import System

/// What this host's files tell of the attempts that a restored log has under way, and of those that it has not.
struct AttemptSurvey {
    private let site: Site
    /// True: nothing is killed and no gate is taken.
    private let isTrial: Bool

    private static let told = "the log was restored from an older dump: "

    init(_ site: Site, isTrial: Bool) {
        self.site = site
        self.isTrial = isTrial
    }

    /// The end of a task's attempt that is claimed or runs as the restored log has it. Nil where that runs: its shim is proven
    /// alive, and its process is the recorded one. Its exit record, where there is one, is its outcome.
    func end(of task: TaskRecord) async throws -> TaskFinished? {
        guard task.host == site.host else {
            return lost(task, "host \(task.host ?? "") cannot be asked from here")
        }
        let directory = site.attempt(task.id, task.attempt)
        guard Directory.contains(directory.path) else { return lost(task, "nothing on this host tells of the attempt") }
        switch try directory.standing() {
        case .running: return try isTheSame(task, directory) ? nil : lost(task, "another process runs as this attempt")
        case .over(let record):
            let outcome = AttemptOutcome(record)
            return TaskFinished(
                task: task.id, attempt: task.attempt, outcome: outcome.outcome, exitCode: outcome.exitCode,
                signal: outcome.signal, evidence: Self.told + outcome.evidence, usage: outcome.usage)
        case .unstarted:
            // From here on no shim starts it; one that was faster has the gate.
            if !isTrial, try !directory.createGate() { return try await end(of: task) }
            return notStarted(task)
        case .givenUp: return notStarted(task)
        case .abandoned:
            let cgroup = try directory.cgroup()
            while !isTrial, try AttemptRemains.kill(entry: AttemptLaunch.mark(task), cgroup: cgroup) > 0 {
                try await Task.sleep(for: Attempt.buryPause)
            }
            return lost(task, "its shim died without a record of the end")
        }
    }

    /// Everything of this host that runs besides `running`, by task and attempt.
    func strays(besides running: [TaskID]) throws -> [Adoption.Stray] {
        let tasks = site.stateDirectory + "/tasks"
        guard Directory.contains(tasks) else { return [] }
        var strays: [Adoption.Stray] = []
        for name in try Directory.names(in: tasks) {
            let parts = name.split(separator: ".")
            guard parts.count == 2, let number = Int(parts[1]) else { continue }
            let task = TaskID(String(parts[0]))
            guard !running.contains(task), case .running? = try? site.attempt(task, number).standing(),
                let shim = try site.attempt(task, number).shimIdentity()
            else { continue }
            strays.append(Adoption.Stray(task: task, attempt: number, pid: Int(shim.pid)))
        }
        return strays.sorted { ($0.task, $0.attempt) < ($1.task, $1.attempt) }
    }

    /// True for a shim that is proven alive, over the process that the log has, where it has one.
    private func isTheSame(_ task: TaskRecord, _ directory: AttemptDirectory) throws -> Bool {
        guard case .alive? = try directory.shimIdentity()?.liveness() else { return false }
        guard let recorded = task.start?.process else { return true }
        return try directory.startRecord().map { ProcessID($0.identity) } == recorded
    }

    private func lost(_ task: TaskRecord, _ why: String) -> TaskFinished {
        TaskFinished(task: task.id, attempt: task.attempt, outcome: .lost, evidence: Self.told + why)
    }

    private func notStarted(_ task: TaskRecord) -> TaskFinished {
        TaskFinished(
            task: task.id, attempt: task.attempt, outcome: .notStarted,
            evidence: Self.told + "its command was never started")
    }
}
