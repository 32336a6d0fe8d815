internal import Synchronization
internal import System

/// Measures the host, pass by pass. A collector that hangs costs its own samples and those of nobody else; of a file system that
/// hangs only its own are missing.
public final class HostMeter: Sendable {
    private let machine: Machine
    private let files: HangingCalls
    private let mounts: HangingCalls
    private let places = KnownPlaces()
    private let walks: DirectoryWalks
    /// What the table of mounts was when it was read.
    private let table = Mutex<Result<[Mount], Problem>?>(nil)

    /// Of this machine.
    public convenience init() {
        self.init(.this, files: HangingCalls(), mounts: HangingCalls(), walks: DirectoryWalks(.this))
    }

    init(_ machine: Machine, files: HangingCalls, mounts: HangingCalls, walks: DirectoryWalks) {
        (self.machine, self.files, self.mounts, self.walks) = (machine, files, mounts, walks)
    }

    /// What the collectors are called, each of which is told how it did; the one of directories where there are any.
    public static let collectors =
        FileCollector.all.map(\.name) + [filesystemsName, "apps", "tasks", DirectoryWalks.name]

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
        let (machine, places) = (machine, places)
        // Files are read at the beginning; what hangs later is no part of the time between two passes.
        let (wall, monotonic) = (WallTime.now, MonotonicTime.now)
        let groups: [(String, GroupFinder)] = [("apps", apps), ("tasks", tasks)]
        let calls =
            FileCollector.all.map { collector in
                HangingCalls.Call(collector.name) { collector.measure(machine) }
            }
            + groups.map { name, finder in
                HangingCalls.Call(name) { Report(name, of: finder, on: machine, places) }
            }
        let outcomes = files.outcomes(of: calls)
        let reports = zip(FileCollector.all.map(\.name) + groups.map(\.0), outcomes).map { Report($1, of: $0) }
        let walked = walks.report(of: directories).map { [$0] } ?? []
        return Pass(
            reports: reports + [filesystems()] + walked, at: wall, monotonic: monotonic,
            hanging: files.underWay + mounts.underWay + walks.hanging)
    }

    /// No directory is walked any more, and what was found is forgotten.
    public func endWalks() { _ = walks.report(of: []) }

    private static let filesystemsName = "filesystems"

    private func filesystems() -> Report {
        let begin = MonotonicTime.now
        let machine = machine
        let listing = files.outcomes(of: [
            HangingCalls.Call(Self.filesystemsName) {
                Result { () throws(Problem) in try machine.changedMounts() }
            }
        ])
        guard case .done(let answer)? = listing.first else { return Report(late: Self.filesystemsName) }
        let mounts = table.withLock { table in
            switch answer {
            case .success(let mounts?): table = .success(mounts)
            case .success(nil): break
            case .failure(let problem): table = .failure(problem)
            }
            return table ?? .success([])
        }
        switch mounts {
        case .success(let found): return rooms(of: found, since: begin)
        case .failure(let problem):
            return Report(
                collector: Self.filesystemsName, duration: .since(begin), samples: [], problems: [problem])
        }
    }

    private func rooms(of found: [Mount], since begin: MonotonicTime) -> Report {
        let machine = machine
        let outcomes = mounts.outcomes(
            of: found.map { mount in
                HangingCalls.Call(mount.point) {
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
