internal import Glibc

extension Cgroup {
    /// The controllers that limits need.
    private static let limiting = ["cpu", "memory", "pids"]

    /// Readies the unified hierarchy for limits; for the runner, once, before it starts anything. Where its own cgroup was
    /// delegated to it (`Delegate=yes`), the controllers are switched on for the cgroups below. The kernel refuses that to a
    /// cgroup that holds processes itself, so the runner moves into a leaf below first, and whatever it starts is in there
    /// too (cgroups(7), "no internal processes"). Where it cannot be done everything stays as it is; `LimitSupport` says
    /// what is left.
    public static func settle() { settle(.current, pid: getpid()) }

    static func settle(_ hierarchy: CgroupHierarchy, pid: Int32) {
        guard let own = hierarchy.unified, let place = hierarchy.unifiedPlace else { return }
        let available = words(of: "\(place)/cgroup.controllers")
        let enabled = words(of: "\(place)/cgroup.subtree_control")
        let missing = limiting.filter { available.contains($0) && !enabled.contains($0) }
        guard !missing.isEmpty, !enable(missing, at: place), place == own else { return }
        let leaf = "\(own)/\(CgroupHierarchy.runnerLeaf)"
        guard mkdir(leaf, 0o755) == 0 || errno == EEXIST else { return }
        // Its own children move along; strangers do not belong to us, and while they stay nothing can be switched on.
        let movers = [pid] + ((try? ProcessTree.descendants(of: pid)) ?? []).map(\.pid)
        let members = Set(words(of: "\(own)/cgroup.procs").compactMap { Int32($0) })
        let moved = movers.filter { members.contains($0) && move($0, to: leaf) }
        guard !enable(missing, at: own) else { return }
        for pid in moved { _ = move(pid, to: own) }
        rmdir(leaf)
    }

    /// All at once, else each that can be.
    private static func enable(_ controllers: [String], at place: String) -> Bool {
        let file = "\(place)/cgroup.subtree_control"
        if (try? CgroupFile.write(controllers.map { "+\($0)" }.joined(separator: " "), to: file)) != nil { return true }
        return !controllers.filter { (try? CgroupFile.write("+\($0)", to: file)) != nil }.isEmpty
    }

    private static func move(_ pid: Int32, to place: String) -> Bool {
        (try? CgroupFile.write("\(pid)", to: "\(place)/cgroup.procs")) != nil
    }

    private static func words(of path: String) -> [String] {
        let text = (try? kernelText(path, limit: 1 << 20)) ?? ""
        return text.split { $0 == " " || $0 == "\n" }.map(String.init)
    }
}
