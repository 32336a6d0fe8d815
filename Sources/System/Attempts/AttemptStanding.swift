/// How an attempt stands, read from its files alone: so it can be taken up again at any point, by any runner.
public enum AttemptStanding: Sendable, Equatable {
    /// Nobody has the gate: nothing was started, and a shim may be (the gate lets only one of them start it).
    case unstarted
    /// The gate was taken by somebody who gave it up: no shim will ever start it.
    case givenUp
    /// Its shim lives, as far as can be proven.
    case running
    /// The shim is dead and left no record of the end; what it started may live.
    case abandoned
    /// The end is on the disk, and nothing of the attempt is left.
    case over(ExitRecord)
}

extension AttemptDirectory {
    /// How the attempt stands. A shim of another boot of this host is dead (`ProcessIdentity.liveness`).
    public func standing() throws(SystemError) -> AttemptStanding {
        if let exit = try exitRecord() { return .over(exit) }
        guard let gate = try gate() else { return .unstarted }
        guard gate.isShim else { return .givenUp }
        guard case .dead = gate.owner.liveness() else { return .running }
        // The record is written before the shim ends: read again, now that it has.
        return try exitRecord().map { .over($0) } ?? .abandoned
    }

    /// The attempt's cgroup, as far as it is there: that of the start record, and whatever of its name was made, as by a shim
    /// that died before it could record the start.
    public func cgroup() throws(SystemError) -> Cgroup? {
        var paths = (try startRecord()?.cgroup?.paths ?? []).filter(Directory.isDirectory)
        // A damaged spec was never acted upon.
        if let name = (try? spec())?.cgroup, let found = Cgroup.existing(name: name) {
            paths += found.paths.filter { !paths.contains($0) }
        }
        return Cgroup(paths: paths)
    }
}
