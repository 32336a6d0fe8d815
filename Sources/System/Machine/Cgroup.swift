internal import Glibc

/// A cgroup of an attempt: everything that its processes start is in it too, and can be found and killed at once. The unified
/// hierarchy (v2) is preferred, also where v1 controllers stand beside it; a v1 hierarchy serves for membership else
/// (cgroups(7)).
public struct Cgroup: Sendable, Equatable {
    /// The directory.
    public let path: String

    /// A cgroup that was made earlier, such as one from a record. Nothing is touched.
    public init(path: String) { self.path = path }

    /// Processes are looked for in cgroups below at most this deep.
    static let maximumDepth = 16

    /// Makes a cgroup below this process's own one; `nil` where the host does not let us, which is no error. An existing one
    /// of the name is taken as it is.
    ///
    /// - Parameter name: one path segment.
    public static func make(name: String) -> Cgroup? {
        guard !name.isEmpty, !name.contains("/"), name != ".", name != ".." else { return nil }
        for place in CgroupHierarchy.places() {
            let path = "\(place)/\(name)"
            guard mkdir(path, 0o755) == 0 || errno == EEXIST else { continue }
            if access("\(path)/cgroup.procs", W_OK) == 0 { return Cgroup(path: path) }
            rmdir(path)
        }
        return nil
    }

    /// The processes in it and below; empty when it is gone.
    public func processes() -> [Int32] { Self.processes(path, depth: 0) }

    /// Kills everything in it and below once: by cgroup.kill (Linux 5.14, v2), else each process found. What is forked
    /// meanwhile may live where cgroup.kill is missing: repeat until `processes()` is empty.
    public func killAll() {
        if (try? Self.write("1", to: "\(path)/cgroup.kill")) != nil { return }
        for pid in processes() { kill(pid, SIGKILL) }
    }

    /// Removes it and what is below; false while processes, zombies not counted, are in it.
    @discardableResult
    public func remove() -> Bool { Self.remove(path, depth: 0) }

    /// Processes of it that the kernel killed for want of memory; `nil` where it does not count them (only v2 with the memory
    /// controller does).
    public func outOfMemoryKills() -> Int? {
        guard let text = try? kernelText("\(path)/memory.events") else { return nil }
        let line = text.split(separator: "\n").first { $0.hasPrefix("oom_kill ") }
        return line?.split(separator: " ").last.flatMap { Int($0) }
    }

    /// The open file to which a process writes "0" to join.
    func openMembership() throws(SystemError) -> OpenMembership {
        OpenMembership(try Descriptor.open("\(path)/cgroup.procs", O_WRONLY))
    }

    /// Keeps the file open for the time of a fork.
    final class OpenMembership {
        private let file: Descriptor
        var raw: Int32 { file.raw }
        init(_ file: consuming Descriptor) { self.file = file }
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

    private static func write(_ text: String, to path: String) throws(SystemError) {
        try Descriptor.open(path, O_WRONLY).write(Array(text.utf8))
    }
}

/// Where the cgroup file systems are mounted, and where in them this process is.
enum CgroupHierarchy {
    /// v1 hierarchies that serve for membership, in the order of preference.
    private static let fallbacks = ["name=systemd", "pids", "freezer"]

    /// Directories of this process's own cgroups, the unified one first.
    static func places() -> [String] {
        guard let mounts = try? kernelText("/proc/self/mountinfo", limit: 1 << 20),
            let memberships = try? kernelText("/proc/self/cgroup", limit: 1 << 16)
        else { return [] }
        return places(mounts: mounts, memberships: memberships)
    }

    static func places(mounts: String, memberships: String) -> [String] {
        // "ID:CONTROLLERS:PATH"; the unified hierarchy has ID 0 and no controllers.
        var own: [String: String] = [:]
        for line in memberships.split(separator: "\n") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            for controller in fields[1].split(separator: ",", omittingEmptySubsequences: false) {
                own[String(controller)] = String(fields[2])
            }
        }
        var found: [String: String] = [:]
        for line in mounts.split(separator: "\n") {
            // "… ROOT MOUNTPOINT … - TYPE SOURCE OPTIONS" (proc(5)).
            let fields = line.split(separator: " ")
            guard let dash = fields.firstIndex(of: "-"), dash >= 5, fields.count > dash + 3 else { continue }
            let (root, point, type) = (String(fields[3]), String(fields[4]), fields[dash + 1])
            if type == "cgroup2", let path = own[""] { found[""] = place(path, root: root, point: point) }
            guard type == "cgroup" else { continue }
            for option in fields[dash + 3].split(separator: ",") {
                guard let path = own[String(option)] else { continue }
                found[String(option)] = place(path, root: root, point: point)
            }
        }
        return ([""] + fallbacks).compactMap { found[$0] }
    }

    /// The path below the mount point; a mount may show only a part of the hierarchy.
    private static func place(_ path: String, root: String, point: String) -> String? {
        if root == "/" { return path == "/" ? point : point + path }
        guard path.hasPrefix(root) else { return nil }
        return point + path.dropFirst(root.count)
    }
}
