import Glibc
import System

/// Apps to measure: a cgroup each, in every hierarchy that tells something of it, with a process in it that sleeps. They are made
/// below cgroups of our own, which are removed with them.
final class AppField {
    /// How many there are.
    let count: Int
    /// Path below the hierarchies' mount points.
    let path: String
    private let places: [String]
    private var sleepers: [ChildProcess] = []

    /// What collectors read of a cgroup in v1.
    private static let controllers: Set<Substring> = ["cpu", "cpuacct", "memory", "blkio", "pids"]

    /// Nil where this host lets us make none.
    init?(_ count: Int) throws {
        self.count = count
        path = "interlock-bench-\(getpid())-\(count)"
        places = try Self.mounts().map { [path] in "\($0)/\(path)" }
        for place in places where mkdir(place, 0o755) != 0 {
            for made in places { rmdir(made) }
            return nil
        }
        for place in places {
            // In v2 what is below has the controllers that are asked for; those that cannot be had are none of the host's.
            for controller in ["cpu", "memory", "io", "pids"] {
                try? DurableFile.append(Array("+\(controller)".utf8), to: "\(place)/cgroup.subtree_control")
            }
        }
    }

    /// What an app is called.
    static func app(_ number: Int) -> String { "app\(number)" }

    /// Its directories, by hierarchy.
    func directories(_ number: Int) -> [String] { places.map { "\($0)/\(Self.app(number))" } }

    /// Starts what sleeps.
    func fill() throws {
        for number in 0..<count {
            let own = directories(number)
            for directory in own where mkdir(directory, 0o755) != 0 && errno != EEXIST {
                throw Failure(description: "\(directory) cannot be made")
            }
            var launch = Launch(["sleep", "100000"])
            launch.cgroup = Cgroup(paths: own)
            sleepers.append(try DetachedProcess.start(launch))
        }
    }

    /// Ends what sleeps and removes the cgroups.
    func clear() async {
        for sleeper in sleepers { try? sleeper.signal(SIGKILL) }
        for sleeper in sleepers { _ = await sleeper.wait() }
        if let cgroup = Cgroup(paths: places) { cgroup.remove() }
    }

    /// Mount points of the unified hierarchy, and of the controllers.
    private static func mounts() throws -> [String] {
        let text = String(decoding: try DurableFile.read("/proc/self/mounts", limit: 1 << 20) ?? [], as: UTF8.self)
        return text.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count > 3 else { return nil }
            let isWanted =
                fields[2] == "cgroup2"
                || fields[2] == "cgroup" && !controllers.isDisjoint(with: fields[3].split(separator: ","))
            return isWanted ? String(fields[1]) : nil
        }
    }
}
