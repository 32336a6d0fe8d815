internal import Glibc

/// A cgroup of an attempt: everything that its processes start is in it too, and can be found, limited and killed at once. The
/// unified hierarchy (v2) is preferred, also where v1 controllers stand beside it: these serve for the limits then. On a
/// host with v1 alone one of them serves for membership too (cgroups(7)).
public struct Cgroup: Sendable, Equatable {
    /// Its directories, one in each hierarchy that it is in; the first one holds it together.
    public let paths: [String]

    /// A cgroup that was made earlier, such as one from a record; `nil` without a path. Nothing is touched.
    public init?(paths: [String]) {
        guard !paths.isEmpty else { return nil }
        self.paths = paths
    }

    /// The directory that holds it together.
    public var path: String { paths.first ?? "" }

    /// Processes are looked for in cgroups below at most this deep.
    static let maximumDepth = 16

    /// Makes a cgroup below this process's own one; `nil` where the host does not let us, which is no error. An existing one
    /// of the name is taken as it is. Memory is counted where that can be, so that the kernel's kills are told; other
    /// controllers are joined for the limits that need them. `apply` sets the limits.
    ///
    /// - Parameter name: one path segment.
    public static func make(name: String, limits: ResourceLimits = ResourceLimits()) -> Cgroup? {
        make(name: name, limits: limits, in: .current)
    }

    static func make(name: String, limits: ResourceLimits, in hierarchy: CgroupHierarchy) -> Cgroup? {
        guard isSegment(name) else { return nil }
        var made: [String] = []
        for place in hierarchy.holding where made.isEmpty {
            if let path = makeDirectory("\(place)/\(name)") { made.append(path) }
        }
        guard !made.isEmpty else { return nil }
        let wanted = [("memory", true), ("cpu", limits.cpuPercent != nil), ("pids", limits.processes != nil)]
        for (controller, isWanted) in wanted where isWanted {
            guard let place = hierarchy.controllers[controller], !made.contains("\(place)/\(name)") else { continue }
            if let path = makeDirectory("\(place)/\(name)") { made.append(path) }
        }
        return Cgroup(paths: made)
    }

    /// The cgroup of a name below this process's own one, wherever it was made; `nil` when there is none.
    public static func existing(name: String) -> Cgroup? { existing(names: [name])[name] }

    /// The same of several names: those that are there. The host's hierarchies are looked up once.
    public static func existing(names: [String]) -> [String: Cgroup] {
        guard !names.isEmpty else { return [:] }
        let hierarchy = CgroupHierarchy.current
        let places = hierarchy.holding + ["memory", "cpu"].compactMap { hierarchy.controllers[$0] }
        let found = names.filter(isSegment).compactMap { name in
            Cgroup(paths: places.map { "\($0)/\(name)" }.filter(Directory.isDirectory)).map { (name, $0) }
        }
        return Dictionary(found) { first, _ in first }
    }

    /// Sets limits and returns those that this cgroup cannot enforce.
    public func apply(_ limits: ResourceLimits) -> ResourceLimits {
        var rest = limits
        if let bytes = limits.memoryBytes {
            if set("memory.max", "\(bytes)") {
                rest.memoryBytes = nil
                // Absent without swap, or without its accounting: then there is nothing to limit.
                _ = set("memory.swap.max", "0")
            } else if set("memory.limit_in_bytes", "\(bytes)") {
                rest.memoryBytes = nil
                _ = set("memory.memsw.limit_in_bytes", "\(bytes)")
            }
        }
        if let percent = limits.cpuPercent {
            let quota = percent * Self.cpuPeriodMicroseconds / 100
            if set("cpu.max", "\(quota) \(Self.cpuPeriodMicroseconds)")
                || set("cpu.cfs_period_us", "\(Self.cpuPeriodMicroseconds)") && set("cpu.cfs_quota_us", "\(quota)")
            {
                rest.cpuPercent = nil
            }
        }
        if let processes = limits.processes, set("pids.max", "\(processes)") { rest.processes = nil }
        return rest
    }

    /// The kernel's own default of cpu.max and cpu.cfs_period_us.
    static let cpuPeriodMicroseconds = 100_000

    /// The processes in it and below; empty when it is gone.
    public func processes() -> [Int32] { Set(paths.flatMap { Self.processes($0, depth: 0) }).sorted() }

    /// Kills everything in it and below once: by cgroup.kill (Linux 5.14, v2), else each process found; what is left
    /// forks no more then, where the pids controller is. Repeat until `processes()` is empty.
    public func killAll() {
        if set("cgroup.kill", "1") { return }
        // A number is signalled only if it still is in the cgroup once it is held fast by a pidfd.
        let found = processes().compactMap { try? ProcessIdentity.of(pid: $0) }
        let held = found.compactMap { HeldProcess($0) }
        let members = Set(processes())
        for process in held where members.contains(process.pid) { process.kill() }
        _ = set("pids.max", "0")
    }

    /// Removes it and what is below; false while processes, zombies not counted, are in it.
    @discardableResult
    public func remove() -> Bool { paths.filter { !Self.remove($0, depth: 0) }.isEmpty }

    /// Processes of it that the kernel killed for want of memory; `nil` where no memory controller counts them.
    public func outOfMemoryKills() -> Int? {
        for path in paths {
            for name in ["memory.events", "memory.oom_control"] {
                guard let text = try? kernelText("\(path)/\(name)") else { continue }
                let line = text.split(separator: "\n").first { $0.hasPrefix("oom_kill ") }
                if let count = line?.split(separator: " ").last.flatMap({ Int($0) }) { return count }
            }
        }
        return nil
    }

    /// The open files to which a process writes "0" to join.
    func openMembership() throws(SystemError) -> [OpenMembership] {
        var files: [OpenMembership] = []
        for path in paths { files.append(OpenMembership(try Descriptor.open("\(path)/cgroup.procs", O_WRONLY))) }
        return files
    }

    /// Keeps the file open for the time of a fork.
    final class OpenMembership {
        private let file: Descriptor
        var raw: Int32 { file.raw }
        init(_ file: consuming Descriptor) { self.file = file }
    }

    private final class HeldProcess {
        private let held: PidFD
        var pid: Int32 { held.identity.pid }

        init?(_ identity: ProcessIdentity) {
            guard let held = try? PidFD(identity) else { return nil }
            self.held = held
        }

        /// One that has ended meanwhile needs no kill.
        func kill() { try? held.signal(SIGKILL) }
    }

    /// Writes a value into the file of this name, wherever it is; false where no directory has it or the kernel refuses.
    private func set(_ name: String, _ value: String) -> Bool {
        paths.contains { (try? CgroupFile.write(value, to: "\($0)/\(name)")) != nil }
    }

    private static func isSegment(_ name: String) -> Bool {
        !name.isEmpty && !name.contains("/") && name != "." && name != ".."
    }

    private static func makeDirectory(_ path: String) -> String? {
        guard mkdir(path, 0o755) == 0 || errno == EEXIST else { return nil }
        if access("\(path)/cgroup.procs", W_OK) == 0 { return path }
        rmdir(path)
        return nil
    }

    private static func processes(_ path: String, depth: Int) -> [Int32] {
        let text = (try? kernelText("\(path)/cgroup.procs", limit: 1 << 20)) ?? ""
        var found = text.split(separator: "\n").compactMap { Int32($0) }.filter { $0 > 0 }
        for child in below(path, depth: depth) { found += processes(child, depth: depth + 1) }
        return found
    }

    private static func remove(_ path: String, depth: Int) -> Bool {
        for child in below(path, depth: depth) { _ = remove(child, depth: depth + 1) }
        return rmdir(path) == 0 || errno == ENOENT
    }

    private static func below(_ path: String, depth: Int) -> [String] {
        guard depth < maximumDepth, let names = try? namesInDirectory(path) else { return [] }
        return names.map { "\(path)/\($0)" }.filter { isDirectory($0) }
    }

    private static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}

/// The kernel's files in a cgroup's directory.
enum CgroupFile {
    /// One write, which the kernel takes or refuses as a whole.
    static func write(_ text: String, to path: String) throws(SystemError) {
        try Descriptor.open(path, O_WRONLY).write(Array(text.utf8))
    }
}
