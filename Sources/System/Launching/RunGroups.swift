/// The cgroups of programs that are run again and again, each in one of a fixed name: so what an earlier run has left, or one of a
/// service that was killed, is found and ended. Where this host lets nobody make cgroups there are none.
public struct RunGroups: Sendable {
    /// The longest time until what was killed is gone: longer only where it hangs in the kernel.
    public static let patience = Duration.seconds(1)
    fileprivate static let endPause = 5

    /// What all of their names begin with: no other's cgroup may.
    let prefix: String

    /// - Parameter prefix: a path segment's beginning, which belongs to one service.
    public init(prefix: String) { self.prefix = prefix }

    /// Ends whatever is in any of them, and removes them. Blocks until that is done, for `patience` at most.
    public func clear() {
        let hierarchy = CgroupHierarchy.current
        let names = hierarchy.holding.flatMap { (try? Directory.subdirectories(in: $0)) ?? [] }
        let cgroups = Cgroup.existing(names: Set(names.filter { $0.hasPrefix(prefix) }).sorted()).values
        for cgroup in cgroups { cgroup.killAll() }
        let deadline = MonotonicTime.now.advanced(by: Self.patience)
        for cgroup in cgroups { _ = cgroup.end(until: deadline) }
    }

    /// The empty cgroup of a program that is to run, nil where there can be none. Blocks as `clear` does. Throws `.busy` where something
    /// of an earlier run cannot be killed: it is not to be run again beside that.
    public func enter(_ name: String) throws(SystemError) -> Cgroup? {
        if let left = Cgroup.existing(name: prefix + name), !left.end(until: .now.advanced(by: Self.patience)) {
            throw SystemError(.busy, "what an earlier run has left cannot be killed")
        }
        return Cgroup.make(name: prefix + name)
    }

    /// Ends what a program that has ended left running. Does not wait for that; the next one to enter does.
    public func leave(_ name: String) {
        guard let left = Cgroup.existing(name: prefix + name), !left.remove() else { return }
        left.killAll()
    }
}

extension Cgroup {
    /// Kills everything in it until nothing is left, and removes it. False where something is left when the time is over.
    fileprivate func end(until deadline: MonotonicTime) -> Bool {
        while !(processes().isEmpty && remove()) {
            guard MonotonicTime.now < deadline else { return false }
            killAll()
            _ = waitUntilReadable([], milliseconds: RunGroups.endPause)
        }
        return true
    }
}
