internal import Events
internal import Projections
internal import System

/// What this host's files tell of the attempts that a restored log has under way, and of those that it has not. Nothing is
/// signalled: what is left of an attempt is the runner's, who takes it up when it starts.
struct AttemptSurvey {
    /// What is to be done about an attempt that is claimed or runs as the restored log has it.
    enum Finding {
        /// Nothing: its shim lives, and the next runner follows it.
        case runs
        /// Nothing: somebody had its gate, and the next runner tells its outcome as its files have it.
        case isOver
        /// No runner would ever find its end. It ends so.
        case ends(TaskFinished)
    }

    private let site: Site
    /// True: no gate is taken.
    private let isTrial: Bool

    init(_ site: Site, isTrial: Bool) {
        self.site = site
        self.isTrial = isTrial
    }

    func finding(of task: TaskRecord) throws -> Finding {
        guard task.host == site.host else {
            return .ends(end(of: task, .lost, "host \(task.host ?? "") cannot be asked from here"))
        }
        let directory = site.attempt(task.id, task.attempt)
        guard Directory.contains(directory.path) else {
            return .ends(end(of: task, .lost, "nothing on this host tells of the attempt"))
        }
        switch try directory.standing() {
        case .running: return .runs
        case .givenUp, .abandoned, .over: return .isOver
        case .unstarted:
            // From here on no shim starts it; one that was faster has the gate.
            guard try isTrial || directory.createGate() else { return try finding(of: task) }
            guard task.start == nil else {
                return .ends(end(of: task, .lost, "nothing on this host tells of its start"))
            }
            return .ends(end(of: task, .notStarted, "its command was never started"))
        }
    }

    private func end(of task: TaskRecord, _ outcome: TaskFinished.Outcome, _ why: String) -> TaskFinished {
        TaskFinished(
            task: task.id, attempt: task.attempt, outcome: outcome,
            evidence: "the log was restored from an older dump, and \(why)")
    }

    /// What else runs here as an attempt of a task: its shim or, where that is dead, each process that it left.
    func strays(besides known: [TaskRecord]) throws -> [Adoption.Stray] {
        let tasks = site.stateDirectory + "/tasks"
        guard Directory.contains(tasks) else { return [] }
        let known = Set(known.map { site.attempt($0.id, $0.attempt) })
        var strays: [Adoption.Stray] = []
        for name in try Directory.names(in: tasks) {
            let parts = name.split(separator: ".")
            guard parts.count == 2, let attempt = Int(parts[1]) else { continue }
            let task = TaskID(String(parts[0]))
            let directory = site.attempt(task, attempt)
            guard !known.contains(directory) else { continue }
            for pid in try living(task, attempt, directory) {
                strays.append(
                    Adoption.Stray(task: task, attempt: attempt, pid: Int(pid), logPath: directory.logPath))
            }
        }
        return strays.sorted { ($0.task, $0.attempt, $0.pid) < ($1.task, $1.attempt, $1.pid) }
    }

    private func living(_ task: TaskID, _ attempt: Int, _ directory: AttemptDirectory) throws -> Set<Int32> {
        switch try directory.standing() {
        case .unstarted, .givenUp, .over: []
        case .running: Set([try directory.shimIdentity()].compactMap { $0?.pid })
        case .abandoned:
            try AttemptRemains.living(entries: AttemptLaunch.marks(task, attempt), cgroup: try directory.cgroup())
        }
    }
}
