internal import System

/// Measures the host, pass by pass. A collector that hangs costs its own samples and those of nobody else; of a file system that
/// hangs only its own are missing.
public final class HostMeter: Sendable {
    private let machine: Machine
    private let files: HangingCalls
    private let mounts: HangingCalls
    private let places = KnownPlaces()
    private let walks: DirectoryWalks
    private let table = MountTable()

    /// What comes of the calls of a pass.
    private enum Found: Sendable {
        case report(Report)
        case mounts(Result<[Mount], Problem>)
    }

    /// Of this machine.
    public convenience init() {
        let machine = Machine.this
        self.init(machine, files: HangingCalls(), mounts: HangingCalls(), walks: DirectoryWalks(machine))
    }

    init(_ machine: Machine, files: HangingCalls, mounts: HangingCalls, walks: DirectoryWalks) {
        (self.machine, self.files, self.mounts, self.walks) = (machine, files, mounts, walks)
    }

    /// What the collectors are called, each of which is told how it did; the one of directories where there are any.
    public static let collectors =
        FileCollector.all.map(\.name) + [filesystemsName, appsName, "tasks", DirectoryWalks.name]

    /// Groups of a kind that are measured; what is beyond is told as a problem.
    public static let maximumGroups = 2000

    /// Measures everything once. Blocks the calling thread for a few seconds at most. Passes are made one after the other.
    ///
    /// - Parameters:
    ///   - apps: says which there are, on the thread that measures them: where it hangs or throws, they alone have no samples.
    ///   - tasks: the same of tasks.
    ///   - directories: are walked from now on until another pass has others, or `endWalks`; the pass is told what was found last, and
    ///     waits for none.
    public func pass(
        apps: @escaping GroupFinder = { () throws(Problem) in [] },
        tasks: @escaping GroupFinder = { () throws(Problem) in [] },
        directories: [MeasuredDirectory] = []
    ) -> Pass {
        let (machine, places, table) = (machine, places, table)
        // Files are read at the beginning; what hangs later is no part of the time between two passes.
        let (wall, monotonic) = (WallTime.now, MonotonicTime.now)
        let groups: [(String, GroupFinder)] = [(Self.appsName, apps), ("tasks", tasks)]
        let calls =
            FileCollector.all.map { collector in
                HangingCalls.Call(collector.name) { Found.report(collector.measure(machine)) }
            }
            + groups.map { name, finder in
                // Tasks are in no containers.
                HangingCalls.Call(name) {
                    .report(Report(name, of: finder, on: machine, name == Self.appsName ? places : nil))
                }
            } + [HangingCalls.Call(Self.filesystemsName) { .mounts(table.mounts(on: machine)) }]
        let names = FileCollector.all.map(\.name) + groups.map(\.0) + [Self.filesystemsName]
        let reports = zip(names, files.outcomes(of: calls)).map { name, outcome in
            switch outcome {
            case .done(.report(let report)): report
            case .done(.mounts(let mounts)): filesystems(mounts)
            case .hanging, .notMade: Report(late: name)
            }
        }
        let walked = walks.report(of: directories).map { [$0] } ?? []
        return Pass(
            reports: reports + walked, at: wall, monotonic: monotonic,
            hanging: files.underWay + mounts.underWay + walks.hanging)
    }

    /// No directory is walked any more, and what was found is forgotten.
    public func endWalks() { _ = walks.report(of: []) }

    private static let (filesystemsName, appsName) = ("filesystems", "apps")

    private func filesystems(_ mounted: Result<[Mount], Problem>) -> Report {
        let begin = MonotonicTime.now
        let found: [Mount]
        switch mounted {
        case .success(let all): found = all
        case .failure(let problem):
            return Report(
                collector: Self.filesystemsName, duration: .since(begin), samples: [], problems: [problem])
        }
        let machine = machine
        let outcomes = mounts.outcomes(
            of: found.map { mount in
                // Another mount in its place is asked, though the call on this one has never returned.
                HangingCalls.Call("\(mount.point) \(mount.id)") {
                    Result { () throws(SystemError) in try machine.room(mount.point) }
                }
            })
        var samples = Samples()
        var problems: [Problem] = []
        for (mount, outcome) in zip(found, outcomes) {
            var isReadOnly = mount.isReadOnly
            var trouble: String?
            switch outcome {
            case .done(.success(let room)):
                // What became so by a failing disk is no change of the table.
                isReadOnly = room.isReadOnly
                samples.add(room, of: mount.point)
            case .done(.failure(let error)): trouble = error.message
            case .hanging: trouble = "it does not answer"
            case .notMade: trouble = "it was not asked: too many others do not answer"
            }
            samples.add(.filesystemReadOnly, mount.point, isReadOnly ? 1 : 0)
            samples.add(.filesystemError, mount.point, trouble == nil ? 0 : 1)
            if let trouble { problems.append(Problem(source: mount.point, message: trouble)) }
        }
        return Report(
            collector: Self.filesystemsName, duration: .since(begin), samples: samples.all, problems: problems)
    }
}

extension Samples {
    fileprivate mutating func add(_ room: FileSystemRoom, of mount: String) {
        let block = Double(room.blockBytes)
        add(.filesystemSize, mount, Double(room.blocks) * block)
        add(.filesystemFree, mount, Double(room.freeBlocks) * block)
        add(.filesystemAvailable, mount, Double(room.availableBlocks) * block)
        // Some have no fixed number of files.
        guard room.inodes > 0 else { return }
        add(.filesystemInodes, mount, Double(room.inodes))
        add(.filesystemFreeInodes, mount, Double(room.freeInodes))
    }
}
