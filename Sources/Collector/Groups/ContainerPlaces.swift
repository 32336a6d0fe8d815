internal import System

/// Where containers have their cgroups, by their ids. The usual places are looked at in each pass. A container that is in neither has a
/// cgroup parent of its own: it is searched for in the hierarchies, once, and known by its id from then on.
struct ContainerPlaces: Sendable {
    /// A container that was searched for in vain is searched for again after so long. One that is being restarted is listed, and has no
    /// cgroup for a moment.
    static let pause = Duration.seconds(60)

    private var known: [String: String] = [:]
    /// When it was searched for in vain.
    private var vain: [String: MonotonicTime] = [:]

    /// Below a hierarchy's mount point, where nothing else is configured: Docker's with the driver `cgroupfs` and with `systemd`, Podman's
    /// with both.
    static func usual(_ id: String) -> [String] {
        [
            "docker/\(id)", "system.slice/docker-\(id).scope", "libpod_parent/libpod-\(id)",
            "machine.slice/libpod-\(id).scope",
        ]
    }

    /// What a container's directory is called, wherever that is.
    private static func names(_ id: String) -> [String] {
        [id, "docker-\(id).scope", "libpod-\(id)", "libpod-\(id).scope"]
    }

    /// Of these, which are at no usual place, those that are somewhere else, and how many are nowhere. What is asked for no more is
    /// forgotten.
    mutating func find(
        _ groups: [Group], at now: MonotonicTime, search: (Set<String>) -> [String: String]
    ) -> (found: [Group], lost: Int) {
        let ids = Set(groups.compactMap(\.container))
        known = known.filter { ids.contains($0.key) }
        let unknown = ids.subtracting(known.keys)
        vain = vain.filter { now < $0.value.advanced(by: Self.pause) }
        let due = unknown.subtracting(vain.keys)
        if !due.isEmpty {
            let found = search(Set(due.flatMap(Self.names)))
            for id in due {
                known[id] = Self.names(id).lazy.compactMap { found[$0] }.first
                if known[id] == nil { vain[id] = now }
            }
        }
        let found = groups.compactMap { group in group.container.flatMap { known[$0] }.map { group.at($0) } }
        return (found, ids.count { known[$0] == nil })
    }
}

extension GroupCollector {
    /// The hierarchies are searched so deep, and so many directories in all.
    private static let (searchDepth, searchedDirectories) = (8, 20_000)

    /// Directories with these names, by name: their paths below the mount points, each where it is met first.
    func search(_ names: Set<String>) -> [String: String] {
        var found: [String: String] = [:]
        var left = Self.searchedDirectories
        for mount in mounts.all.keys.sorted() {
            var level = [""]
            for _ in 0..<Self.searchDepth where !level.isEmpty {
                var below: [String] = []
                for directory in level {
                    guard left > 0 else { return found }
                    left -= 1
                    // One that goes meanwhile has nothing to tell.
                    let place = machine.root + mount + (directory.isEmpty ? "" : "/\(directory)")
                    for name in (try? Directory.subdirectories(in: place)) ?? [] {
                        let path = directory.isEmpty ? name : "\(directory)/\(name)"
                        if names.contains(name), found[name] == nil { found[name] = path }
                        below.append(path)
                    }
                }
                level = below
            }
        }
        return found
    }
}
