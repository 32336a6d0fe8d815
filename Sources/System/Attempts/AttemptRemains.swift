internal import Glibc

/// What a shim that died without an exit record left behind. Only for that case: while a shim lives, it alone kills.
public enum AttemptRemains {
    /// Kills once whatever belongs to the attempt, and says how many processes that were: those in its cgroup, and those that
    /// carry the environment entry. Repeat until it says 0; only then is the attempt over. Removes the emptied cgroup.
    ///
    /// - Parameters:
    ///   - entry: `NAME=value`, which every process of the attempt inherits and no other process has.
    ///   - cgroup: the attempt's (`AttemptDirectory.cgroup()`): who changed his environment is found in it all the same.
    public static func kill(entry: String, cgroup: Cgroup?) throws(SystemError) -> Int {
        var living: Set<Int32> = []
        for identity in try ProcessTree.carrying(entry) {
            do throws(SystemError) {
                try PidFD(identity).signal(SIGKILL)
                living.insert(identity.pid)
            } catch {
                guard error.code == .noProcess else { throw error }
            }
        }
        if let cgroup {
            living.formUnion(cgroup.processes())
            cgroup.killAll()
            if living.isEmpty { cgroup.remove() }
        }
        return living.count
    }
}
