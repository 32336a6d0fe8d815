import System

/// What is left of an attempt, and how it is made to go: kill, reap, look again, until there is no child, and so (this process
/// is the subreaper of all below) no process of the attempt at all.
struct Remains {
    /// Pauses between two looks, doubled while nothing changes; a child's end comes in between.
    static let firstPauseMilliseconds = 2
    static let longestPauseMilliseconds = 1000

    private var last: Set<ProcessIdentity> = []

    /// How long to wait until the next look.
    private(set) var pauseMilliseconds = firstPauseMilliseconds

    /// Kills everything below this process, through pidfds: what ended meanwhile cannot be mistaken for another. What may not
    /// be killed (another user's) is waited for.
    mutating func kill(_ cgroup: Cgroup?) {
        cgroup?.killAll()
        guard let here = try? ProcessIdentity.current else { return }
        let found = (try? ProcessTree.descendants(of: here.pid)) ?? []
        for identity in found {
            guard let process = try? PidFD(identity) else { continue }
            try? process.signal(Signals.kill)
        }
        // Whoever forks as fast as he is killed is looked for without rest.
        let isStuck = Set(found) == last
        last = Set(found)
        pauseMilliseconds =
            isStuck ? min(pauseMilliseconds * 2, Self.longestPauseMilliseconds) : Self.firstPauseMilliseconds
    }
}
