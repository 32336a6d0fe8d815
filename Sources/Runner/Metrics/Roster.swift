internal import Collector
internal import Events
internal import Projections
internal import System

/// Which apps and which running attempts there are to measure, as the log says. As large as the state.
struct Roster: Sendable {
    /// Where the apps' cgroups are.
    var places = AppPlaces()
    /// Directories of the host's.
    var directories: [MeasuredDirectory] = []
    private(set) var apps: Set<String> = []
    private var attempts: [TaskID: String] = [:]

    /// What is so already.
    mutating func begin(with platform: Platform) {
        apps = Set(platform.apps.all.map(\.id))
        attempts = [:]
        for task in platform.tasks.unfinished where task.start != nil {
            attempts[task.id] = AttemptLaunch.cgroup(task.id, task.attempt)
        }
    }

    mutating func evolve(_ fact: Fact) {
        switch fact.event {
        case .appRegistered(let data): apps.insert(data.app)
        case .appRemoved(let data): apps.remove(data.app)
        case .taskStarted(let data): attempts[data.task] = AttemptLaunch.cgroup(data.task, data.attempt)
        case .taskFinished(let data): attempts[data.task] = nil
        default: break
        }
    }

    /// Those of the apps that are found at once, or among the containers that run; which these are is asked for once, and where there
    /// are apps only.
    func appGroups(_ running: (ContainerEngine) throws(Problem) -> RunningContainers) throws(Problem) -> [Group] {
        guard !apps.isEmpty else { return [] }
        if let pattern = places.container {
            let ids = try running(ContainerEngine(socket: places.socket)).ids
            return apps.sorted().compactMap { app in
                ids[pattern.replacing("{app}", with: app)].map { Group(.app(app), container: $0) }
            }
        }
        guard let pattern = places.cgroup else { return [] }
        return apps.sorted().map { Group(.app($0), at: [pattern.replacing("{app}", with: $0)]) }
    }

    /// The host's, and those of each app.
    var allDirectories: [MeasuredDirectory] {
        guard !places.directories.isEmpty else { return directories }
        let patterns = places.directories.sorted { $0.key < $1.key }
        return directories
            + apps.sorted().flatMap { app in
                patterns.map { MeasuredDirectory(.app(app), $0.key, at: $0.value.replacing("{app}", with: app)) }
            }
    }

    /// Those that have a cgroup on this host; others' tasks are in none here.
    var taskGroups: [Group] {
        let found = Cgroup.existing(names: Array(attempts.values))
        return attempts.sorted { $0.key.text < $1.key.text }.compactMap { task, name in
            found[name].map { Group(.task(task.text), in: $0.paths) }
        }
    }
}
