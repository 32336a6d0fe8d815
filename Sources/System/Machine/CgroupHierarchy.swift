/// Where the cgroup file systems are mounted, and where in them this process is.
struct CgroupHierarchy: Equatable {
    /// Directory of this process's own cgroup in the unified hierarchy (v2), where one is mounted and shows it.
    var unified: String?
    /// The same for each v1 controller that is mounted, `name=systemd` among them.
    var controllers: [String: String] = [:]

    /// The runner's own cgroup below the one that was delegated to it: see `Cgroup.settle()`.
    static let runnerLeaf = "interlock-runner"

    /// From /proc; empty where it cannot be read.
    static var current: CgroupHierarchy {
        guard let mounts = try? kernelText("/proc/self/mountinfo", limit: 1 << 20),
            let memberships = try? kernelText("/proc/self/cgroup", limit: 1 << 16)
        else { return CgroupHierarchy() }
        return CgroupHierarchy(mounts: mounts, memberships: memberships)
    }

    init(unified: String? = nil, controllers: [String: String] = [:]) {
        self.unified = unified
        self.controllers = controllers
    }

    init(mounts: String, memberships: String) {
        // "ID:CONTROLLERS:PATH"; the unified hierarchy has ID 0 and no controllers.
        var own: [String: String] = [:]
        for line in memberships.split(separator: "\n") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            for controller in fields[1].split(separator: ",", omittingEmptySubsequences: false) {
                own[String(controller)] = String(fields[2])
            }
        }
        for line in mounts.split(separator: "\n") {
            // "… ROOT MOUNTPOINT … - TYPE SOURCE OPTIONS" (proc(5)).
            let fields = line.split(separator: " ")
            guard let dash = fields.firstIndex(of: "-"), dash >= 5, fields.count > dash + 3 else { continue }
            let (root, point, type) = (String(fields[3]), String(fields[4]), fields[dash + 1])
            if type == "cgroup2", let path = own[""] { unified = Self.place(path, root: root, point: point) }
            guard type == "cgroup" else { continue }
            for option in fields[dash + 3].split(separator: ",") {
                guard let path = own[String(option)] else { continue }
                controllers[String(option)] = Self.place(path, root: root, point: point)
            }
        }
    }

    /// Where attempts get their cgroups in the unified hierarchy: beside the runner's leaf, where it has settled into one.
    var unifiedPlace: String? {
        unified.map { $0.hasSuffix("/\(Self.runnerLeaf)") ? String($0.dropLast(Self.runnerLeaf.count + 1)) : $0 }
    }

    /// Directories in which a cgroup may be made to hold an attempt together, the best first: the unified hierarchy kills it
    /// at one blow, the pids controller can keep it from forking.
    var holding: [String] {
        [unifiedPlace].compactMap { $0 } + ["pids", "name=systemd", "freezer"].compactMap { controllers[$0] }
    }

    /// The path below the mount point; a mount may show only a part of the hierarchy.
    private static func place(_ path: String, root: String, point: String) -> String? {
        if root == "/" { return path == "/" ? point : point + path }
        guard path.hasPrefix(root) else { return nil }
        return point + path.dropFirst(root.count)
    }
}
