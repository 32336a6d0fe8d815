internal import System

/// Which directory is walked when, and what came of it. A value: the clock comes in, and who holds it walks.
///
/// One walk is under way at a time: the one that has been due the longest, to its end. Where one hangs, those on other mounts go on;
/// on its own it alone is tried, now and then.
struct WalkPlan: Sendable {
    /// From the end of a walk to the beginning of the next one of the same directory.
    let period: Duration
    /// The same where the directory was not there, could not be opened, or hung.
    let pause: Duration
    /// Directories that are measured; what is beyond is told as a problem.
    static let maximumDirectories = 2000

    /// What a part of a walk came to.
    enum Outcome: Sendable, Equatable {
        /// There is more to come.
        case more
        /// It is at its end.
        case over(OpenWalk.Result)
        /// There is no such directory.
        case absent
        /// It could not be opened.
        case failed(String)
        /// Another directory has come in its place meanwhile.
        case replaced
        /// It did not return in time.
        case hanging
        /// It was not tried: too many others hang.
        case notMade
    }

    private struct Standing {
        var due: MonotonicTime
        /// The mount that it is on.
        var mount: MountPoint
        var result: OpenWalk.Result?
        /// Why it is not walked.
        var obstacle: Obstacle?
    }

    private struct Obstacle {
        let message: String
        /// Something is to be done about it. Whoever has an app could do to its directories what he wants.
        let isProblem: Bool
    }

    /// Of nothing yet.
    init(period: Duration = .seconds(600), pause: Duration = .seconds(60)) {
        (self.period, self.pause) = (period, pause)
    }

    private var order: [MeasuredDirectory] = []
    private var standings: [MeasuredDirectory: Standing] = [:]
    private var isTooMany = false
    /// Mounts that did not answer, and when it is tried again.
    private var deaf: [MountPoint: MonotonicTime] = [:]
    /// Where something is mounted.
    private var mounts: [MountPoint] = []

    /// These are measured from now on: what is new is due at once, what is not among them is forgotten.
    mutating func want(_ directories: [MeasuredDirectory], at now: MonotonicTime) {
        let wanted = directories.prefix(Self.maximumDirectories)
        isTooMany = directories.count > wanted.count
        guard !wanted.elementsEqual(order) else { return }
        order = Array(wanted)
        let before = standings
        standings = Dictionary(
            order.map { directory in
                let mount = Mounts.holding(directory.path, among: mounts)
                return (directory, before[directory] ?? Standing(due: now, mount: mount))
            }, uniquingKeysWith: { first, _ in first })
        forgetMounts()
    }

    /// What is mounted now.
    mutating func see(_ mounts: [MountPoint]) {
        guard mounts != self.mounts else { return }
        self.mounts = mounts
        for directory in order { standings[directory]?.mount = Mounts.holding(directory.path, among: mounts) }
        forgetMounts()
    }

    /// Those that nobody asks any more.
    private mutating func forgetMounts() {
        guard !deaf.isEmpty else { return }
        let used = Set(standings.values.map(\.mount))
        deaf = deaf.filter { used.contains($0.key) }
    }

    /// What is to be walked now, and the mount that it is on; nil while nothing is due.
    func next(at now: MonotonicTime) -> (directory: MeasuredDirectory, mount: MountPoint)? {
        var first: (directory: MeasuredDirectory, standing: Standing)?
        for directory in order {
            guard let standing = standings[directory], standing.due <= now else { continue }
            if let next = deaf[standing.mount], next > now { continue }
            if let first, first.standing.due <= standing.due { continue }
            first = (directory, standing)
        }
        return first.map { ($0.directory, $0.standing.mount) }
    }

    /// What came of it.
    mutating func took(
        _ outcome: Outcome, _ directory: MeasuredDirectory, on mount: MountPoint, at now: MonotonicTime
    ) {
        guard standings[directory] != nil else { return }
        let next = now.advanced(by: pause)
        // One that hangs stays the one that has been due the longest on its mount.
        if outcome != .notMade { deaf[mount] = outcome == .hanging ? next : nil }
        standings[directory]?.obstacle = nil
        switch outcome {
        case .more, .hanging: break
        case .over(let result):
            standings[directory]?.result = result
            // One that takes long is not walked more than half of the time.
            standings[directory]?.due = now.advanced(by: max(period, result.took))
        case .absent:
            standings[directory]?.result = nil
            let isMissed = directory.subject == .host
            put(
                off: directory, until: next,
                isMissed ? Obstacle(message: "there is no \(directory.path)", isProblem: true) : nil)
        case .failed(let message):
            put(off: directory, until: next, Obstacle(message: message, isProblem: directory.subject == .host))
        case .replaced:
            let message = "another directory has come in its place while it was walked"
            put(off: directory, until: next, Obstacle(message: message, isProblem: false))
        case .notMade:
            let message = "it was not asked: too many others do not answer"
            put(off: directory, until: next, Obstacle(message: message, isProblem: true))
        }
    }

    private mutating func put(off directory: MeasuredDirectory, until next: MonotonicTime, _ obstacle: Obstacle?) {
        standings[directory]?.due = next
        standings[directory]?.obstacle = obstacle
    }

    /// What was found last, and how old that is; `problems` are about what is not walked, and `remarks` about what is not complete, or is not walked as
    /// what an app or a deployment does with it can bring about.
    func told(at now: MonotonicTime) -> (samples: [Sample], problems: [Problem], remarks: [Problem]) {
        var all: [Sample] = []
        var (problems, remarks): ([Problem], [Problem]) = ([], [])
        for directory in order {
            guard let standing = standings[directory] else { continue }
            if deaf[standing.mount] != nil {
                problems.append(Problem(source: directory.words, message: "it does not answer"))
            } else if let obstacle = standing.obstacle, obstacle.isProblem {
                problems.append(Problem(source: directory.words, message: obstacle.message))
            } else if let message = standing.obstacle?.message ?? standing.result?.problem {
                remarks.append(Problem(source: directory.words, message: message))
            }
            var samples = Samples(of: directory.subject)
            let isPassedOver = standing.obstacle.map { !$0.isProblem } ?? false
            guard let result = standing.result else {
                if isPassedOver { samples.add(.directoryComplete, directory.label, 0) }
                all += samples.all
                continue
            }
            let age = now.nanoseconds - min(result.ended, now).nanoseconds
            for (metric, value) in [
                (.directoryBytes, Double(result.usage.allocatedBytes)),
                (.directoryApparentBytes, Double(result.usage.bytes)), (.directoryInodes, Double(result.usage.inodes)),
                (.directoryComplete, result.usage.isComplete && !isPassedOver ? 1 : 0),
                (.directoryAge, Double(age) / 1e9),
                (.directoryWalk, result.took.seconds),
            ] as [(Metric, Double)] {
                samples.add(metric, directory.label, value)
            }
            all += samples.all
        }
        if isTooMany {
            let message = "there are more than \(Self.maximumDirectories): the rest is not measured"
            problems.append(Problem(source: DirectoryWalks.name, message: message))
        }
        return (all, problems, remarks)
    }
}
