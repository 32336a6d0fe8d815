/// Where the hierarchies of cgroups are mounted: v1, one for each controller or some together; v2, the unified one; or both side by
/// side (hybrid), where each controller is in one of them.
struct CgroupMounts: Equatable {
    /// What tells of cgroups in a hierarchy.
    enum Kind: Hashable {
        case unified
        /// The v1 controllers that are mounted there together.
        case controllers([String])
    }

    /// By their mount points, without a slash at the end.
    let all: [String: Kind]

    private static let known = ["cpuacct", "cpu", "memory", "blkio", "pids"]

    static let none = CgroupMounts(all: [:])

    private init(all: [String: Kind]) { self.all = all }

    /// Of /proc/self/mountinfo. Who mounts one in several places sees the same there: the first is taken.
    init(_ bytes: [UInt8]) throws(Malformed) {
        var text = try FileText(bytes)
        var points: [Kind: String] = [:]
        while let line = text.next() {
            let mount = try Mounts.Entry(line)
            guard mount.root == "/", let kind = Self.kind(mount), points[kind] == nil else { continue }
            points[kind] = mount.point
        }
        all = Dictionary(points.map { ($1, $0) }) { first, _ in first }
    }

    private static func kind(_ mount: Mounts.Entry) -> Kind? {
        switch mount.type {
        case "cgroup2": return .unified
        case "cgroup":
            let options = mount.superOptions.split(separator: ",").map(String.init)
            let controllers = known.filter(options.contains)
            return controllers.isEmpty ? nil : .controllers(controllers)
        default: return nil
        }
    }

    /// In which hierarchy a directory is.
    func kind(of directory: String) -> Kind? { all.first { directory.hasPrefix($0.key + "/") }?.value }
}
