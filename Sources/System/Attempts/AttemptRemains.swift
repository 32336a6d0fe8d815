internal import Glibc

/// What a shim that died without an exit record left behind. Only for that case: while a shim lives, it alone kills.
public enum AttemptRemains {
    /// Kills once whatever belongs to the attempt, and says how many processes that were. Repeat until it says 0; only then is
    /// the attempt over. Removes the emptied cgroup.
    ///
    /// - Parameters:
    ///   - entries: each `NAME=value`; every process of the attempt inherits all of them, and no other process has.
    ///   - cgroup: the attempt's (`AttemptDirectory.cgroup()`): who changed his environment is found in it all the same.
    public static func kill(entries: [String], cgroup: Cgroup?) throws(SystemError) -> Int {
        var living: Set<Int32> = []
        for identity in try ProcessTree.carrying(entries) {
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

    /// The processes that `kill` would find, each a moment's picture.
    public static func living(entries: [String], cgroup: Cgroup?) throws(SystemError) -> Set<Int32> {
        Set(try ProcessTree.carrying(entries).map(\.pid)).union(cgroup?.processes() ?? [])
    }
}
