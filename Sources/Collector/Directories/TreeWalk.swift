internal import System

/// A walk through a directory and all below it, step by step, depth first. A value: the clock comes in, and who holds it does what it
/// says.
struct TreeWalk: Sendable {
    /// What a walk comes to at most.
    struct Bounds: Sendable {
        /// Names that are looked at.
        var names = 10_000_000
        /// Directories in one another, each of which is open: the first one is 1.
        var depth = 64
        /// Files with several names that are remembered, at 16 bytes at most.
        var linkedFiles = 150_000
        /// From its beginning to its end, pauses included.
        var time = Duration.seconds(4 * 3600)

        static let usual = Bounds()
    }

    /// What is to be done now.
    enum Step: Sendable, Equatable {
        /// Look at the next name in the innermost open directory, and say `saw`, `ended` or `failed`. With the last two it is
        /// innermost no longer: it is to be closed.
        case look
        /// Open it in the innermost one, and say `entered` or `failed`.
        case enter(DirectoryReader.Subdirectory)
        /// Nothing; all may be closed.
        case over
    }

    private let bounds: Bounds
    private let device: UInt64
    private let began: MonotonicTime
    /// Of the open directories but the first.
    private var names: [String] = []
    private var next: DirectoryReader.Subdirectory?
    private var isOver = false
    private var seen = 0
    private var linked: Set<UInt64> = []

    /// What was seen up to now.
    private(set) var usage = TreeUsage()
    /// The first thing that somebody could mend: why not all of it could be seen. Nil also where it has only changed meanwhile.
    private(set) var problem: String?

    /// Of a directory that has been opened.
    init(_ status: FileStatus, at now: MonotonicTime, within bounds: Bounds = .usual) {
        (device, began, self.bounds) = (status.device, now, bounds)
        usage.add(status)
    }

    /// How long it has taken.
    func age(at now: MonotonicTime) -> Duration {
        .nanoseconds(Int64(clamping: now.nanoseconds - min(began, now).nanoseconds))
    }

    /// What to do now.
    mutating func step(at now: MonotonicTime) -> Step {
        if !isOver, age(at: now) >= bounds.time {
            cut("it takes longer than \(bounds.time), so the rest was left out")
        }
        if isOver { return .over }
        return next.map { .enter($0) } ?? .look
    }

    /// This was found in the innermost directory.
    mutating func saw(_ found: DirectoryReader.Found) {
        guard seen < bounds.names else {
            return cut("there are more than \(bounds.names) names in it, so the rest was left out")
        }
        seen += 1
        switch found {
        // One file less, as if the walk had come later.
        case .gone: return
        case .unseen(let reason): lack(named(reason))
        case .file(let status):
            guard isOwn(status), isFirst(status) else { return }
            usage.add(status)
        case .directory(let directory):
            guard isOwn(directory.status) else { return }
            usage.add(directory.status)
            guard names.count + 1 < bounds.depth else {
                let most = "directories are nested deeper than \(bounds.depth), and those were left out"
                return lack("\(path(to: directory)): \(most)")
            }
            next = directory
        }
    }

    /// A bind mount shows a part of the same file system.
    private func isOwn(_ status: FileStatus) -> Bool { status.device == device && !status.isMount }

    private mutating func isFirst(_ status: FileStatus) -> Bool {
        guard status.links > 1 else { return true }
        guard !linked.contains(status.inode) else { return false }
        guard linked.count < bounds.linkedFiles else {
            lack("more than \(bounds.linkedFiles) of its files have several names, and others were left out")
            return false
        }
        linked.insert(status.inode)
        return true
    }

    /// The innermost directory has no more.
    mutating func ended() {
        if names.popLast() == nil { isOver = true }
    }

    /// The directory is open. False where it is not the one that was found: then it is to be closed.
    mutating func entered(_ status: FileStatus) -> Bool {
        guard let directory = next else { return false }
        next = nil
        // What was mounted there since it was found is passed by like all that is mounted.
        guard isOwn(status) else { return false }
        guard status.inode == directory.status.inode else {
            usage.isComplete = false
            return false
        }
        names.append(directory.text)
        return true
    }

    /// What was to be done could not be done.
    mutating func failed(_ error: SystemError) {
        usage.isComplete = false
        // What was renamed may come to stand where the walk has been already.
        if next == nil || error.code != .notFound { lack(named(error.message)) }
        if next == nil { ended() }
        next = nil
    }

    /// With the place where it is so.
    private func named(_ reason: String) -> String {
        let place = next.map { path(to: $0) } ?? names.joined(separator: "/")
        return place.isEmpty ? reason : "\(place): \(reason)"
    }

    private func path(to directory: DirectoryReader.Subdirectory) -> String {
        (names + [directory.text]).joined(separator: "/")
    }

    private mutating func lack(_ words: String) {
        usage.isComplete = false
        problem = problem ?? words
    }

    private mutating func cut(_ words: String) {
        lack(words)
        isOver = true
    }
}
