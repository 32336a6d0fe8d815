internal import System

/// Reads what the kernel tells of cgroups, and of the network of the processes in them. About 16 small files each.
struct GroupCollector {
    let machine: Machine
    let mounts: CgroupMounts
    /// Of the host's own network namespace: what is in it has no network of its own.
    let hostNetwork: UInt64?
    /// When the kernel started, in seconds since 1970.
    let bootTime: Double?

    /// Cgroups below one are searched for a process at most this deep, and so many in all: an app may make any number of them.
    private static let (maximumDepth, maximumSearched) = (4, 64)
    /// Interfaces of an app's network that are measured, the first ones; and bytes that are read of the list.
    private static let (maximumInterfaces, maximumNetworkBytes) = (32, 64 << 10)

    init(_ machine: Machine) throws(Problem) {
        self.machine = machine
        let mounts = try machine.values(of: Self.mountsFile) { bytes throws(Malformed) in try CgroupMounts(bytes) }
        self.mounts = mounts ?? .none
        hostNetwork = machine.inode("proc/self/ns/net")
        bootTime = try machine.samples(of: .stat)?.first { $0.series == Series(.bootTime) }?.value
    }

    private static let mountsFile = "proc/self/mountinfo"

    /// Everything that is there, and what could not be read. Nothing of a group that goes meanwhile: its series have ended. Nil
    /// where it is not there.
    func measure(_ group: Group) -> (samples: [Sample], problems: [Problem])? {
        for place in group.places(mounts) {
            let found = place.compactMap { path, kind in machine.directory(relative(path)).map { ($0, kind) } }
            if !found.isEmpty { return measure(group.subject, found) }
        }
        return nil
    }

    private func measure(
        _ subject: Subject, _ directories: [(OpenDirectory, CgroupMounts.Kind)]
    ) -> (samples: [Sample], problems: [Problem]) {
        // The unified one first, else the controllers in one order always: one of them says which cgroup it is.
        let sorted = directories.sorted {
            ($0.1 == .unified ? 0 : 1, $0.0.path) < ($1.1 == .unified ? 0 : 1, $1.0.path)
        }
        let isUnified = sorted.first?.1 == .unified
        let inodes = sorted.map { $0.0.inode }
        guard let inode = inodes.first ?? nil else { return ([], []) }
        let identity = Identity(inode, 0)
        var samples = Samples(of: subject, identity: identity)
        var problems: [Problem] = []
        for (directory, kind) in sorted {
            for file in Self.files(kind, isUnified: isUnified) {
                do throws(Problem) {
                    let read = try machine.samples(of: file, in: directory, subject, identity)
                    samples.add(contentsOf: read ?? [])
                } catch {
                    // A path could be another one in each pass, and each would be counted apart.
                    problems.append(Problem(source: "\(subject.words): \(file.path)", message: error.message))
                }
            }
        }
        addProcess(in: sorted.map(\.0), &samples, &problems)
        guard sorted.map({ FileSystem.inode(of: $0.0.path) }) == inodes else { return ([], []) }
        guard let distinct = samples.distinct else {
            return ([], problems + [Problem(source: subject.words, message: "two hierarchies tell the same of it")])
        }
        return (distinct, problems)
    }

    /// The time of cgroups is told by the unified hierarchy, whatever controllers it has.
    private static func files(_ kind: CgroupMounts.Kind, isUnified: Bool) -> [KernelFile] {
        switch kind {
        case .unified: KernelFile.unifiedGroup
        case .controllers(let names):
            names.filter { !(isUnified && $0 == "cpuacct") }.flatMap { KernelFile.controllerGroup[$0] ?? [] }
        }
    }

    /// The start of its first process, and what came and went in that one's network namespace. A process that ends meanwhile, or
    /// whose number is given to another one, tells nothing.
    private func addProcess(in directories: [OpenDirectory], _ samples: inout Samples, _ problems: inout [Problem]) {
        var left = Self.maximumSearched
        guard let (pid, directory) = firstProcess(in: directories, &left, depth: 0),
            let process = machine.directory("proc/\(pid)"),
            processes(in: directory).contains(pid)
        else { return }
        // From here on its files are those of a process that was in the cgroup, or cannot be read.
        func read(_ name: String) -> [UInt8]? { try? process.beginning(of: name, atMost: Self.maximumNetworkBytes) }
        if let bootTime, let status = read("stat").flatMap({ ProcessStatus(parsing: $0) }) {
            samples.add(.startTime, bootTime + Double(status.startTicks) / KernelFile.ticksPerSecond)
        }
        guard let hostNetwork, let network = process.inode(of: "ns/net"), network != hostNetwork,
            let bytes = read("net/dev"), let lines = bytes.lastIndex(of: UInt8(ascii: "\n"))
        else { return }
        do throws(Malformed) {
            let identity = Identity(network, samples.identity.first)
            let all = try KernelFile.network.samples(Array(bytes[...lines]), of: samples.subject, identity: identity)
            var measured: Set<[Label]> = []
            let first = all.filter { sample in
                let labels = sample.series.labels
                return measured.contains(labels)
                    || measured.count < Self.maximumInterfaces && measured.insert(labels).inserted
            }
            samples.add(contentsOf: first)
        } catch {
            problems.append(Problem(source: "\(samples.subject.words): net/dev", message: error.words))
        }
    }

    /// Processes are in the cgroup, or in those below it.
    private func firstProcess(
        in directories: some Sequence<OpenDirectory>, _ left: inout Int, depth: Int
    ) -> (pid: Int32, directory: OpenDirectory)? {
        for directory in directories {
            guard left > 0 else { return nil }
            left -= 1
            if let pid = processes(in: directory).first { return (pid, directory) }
            guard depth < Self.maximumDepth, let names = try? Directory.subdirectories(in: directory.path, atMost: left)
            else {
                continue
            }
            let below = names.sorted().lazy.compactMap { try? OpenDirectory("\(directory.path)/\($0)") }
            if let found = firstProcess(in: below, &left, depth: depth + 1) { return found }
        }
        return nil
    }

    private func processes(in directory: OpenDirectory) -> [Int32] {
        guard let bytes = try? directory.read("cgroup.procs", limit: Machine.maximumFileBytes) else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { Int32($0) }.filter { $0 > 0 }
    }

    private func relative(_ path: String) -> String { String(path.dropFirst()) }
}

extension Subject {
    /// For a person.
    var words: String {
        switch self {
        case .host: "the host"
        case .app(let id): "app \(id)"
        case .task(let id): "task \(id)"
        }
    }
}
