internal import System

/// Where containers have their cgroups, by their ids. The usual places are looked at in each pass. A container that is in neither has a
/// cgroup parent of its own: it is searched for in the hierarchies, once, and known by its id from then on.
struct ContainerPlaces: Sendable {
    /// A container that was searched for in vain is searched for again after so long, or when another one is missing too.
    static let pause = Duration.seconds(60)

    private var known: [String: String] = [:]
    private var missing: Set<String> = []
    private var searched: MonotonicTime?

    /// Below a hierarchy's mount point: with the driver `cgroupfs` and with `systemd`, where nothing else is configured.
    static func usual(_ id: String) -> [String] { ["docker/\(id)", "system.slice/docker-\(id).scope"] }

    /// What both drivers call a container's directory, wherever that is.
    private static func names(_ id: String) -> [String] { [id, "docker-\(id).scope"] }

    /// Of these, which are at no usual place, those that are somewhere else. What is asked for no more is forgotten.
    mutating func find(
        _ groups: [Group], at now: MonotonicTime, search: (Set<String>) -> [String: String]
    ) -> [Group] {
        let ids = Set(groups.compactMap(\.container))
        known = known.filter { ids.contains($0.key) }
        let unknown = ids.subtracting(known.keys)
        let isDue = unknown != missing || searched.map { now >= $0.advanced(by: Self.pause) } ?? true
        if !unknown.isEmpty, isDue {
            let found = search(Set(unknown.flatMap(Self.names)))
            for id in unknown { known[id] = Self.names(id).lazy.compactMap { found[$0] }.first }
            searched = now
        }
        missing = ids.subtracting(known.keys)
        return groups.compactMap { group in group.container.flatMap { known[$0] }.map { group.at($0) } }
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
