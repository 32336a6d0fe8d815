internal import CSystem
internal import Glibc

/// What the processes of an attempt may use together; `nil` is no limit.
public struct ResourceLimits: Sendable, Equatable {
    /// Memory in bytes; what goes over it is killed by the kernel.
    public var memoryBytes: UInt64?
    /// Processor time in percent of one core.
    public var cpuPercent: Int?
    /// Processes and threads.
    public var processes: Int?

    /// No limits.
    public init() {}

    /// Limits.
    public init(memoryBytes: UInt64? = nil, cpuPercent: Int? = nil, processes: Int? = nil) {
        self.memoryBytes = memoryBytes
        self.cpuPercent = cpuPercent
        self.processes = processes
    }

    /// True when nothing is limited.
    public var isEmpty: Bool { self == ResourceLimits() }

    /// What setrlimit(2) can do for limits that no cgroup enforces. Memory becomes address space, for each process by itself.
    /// The number of processes is counted for the whole user, so it is set only for a user who is not the runner's; the
    /// kernel does not hold root to it. Processor time has no such limit.
    func rlimits(forOtherUser isOthers: Bool) -> [cs_rlimit] {
        var found: [cs_rlimit] = []
        if let memoryBytes { found.append(cs_rlimit(resource: cs_limit_address_space, value: memoryBytes)) }
        if isOthers, let processes {
            found.append(cs_rlimit(resource: cs_limit_processes, value: UInt64(processes)))
        }
        return found
    }
}

/// Which limits this host enforces for an attempt as a whole, as this user: by cgroups.
public struct LimitSupport: Sendable, Equatable {
    /// Memory, and the kernel's kills for want of it are told.
    public let memory: Bool
    /// Processor time.
    public let cpu: Bool
    /// Processes and threads.
    public let processes: Bool

    /// Finds out by making a cgroup for a moment.
    public static func probe() -> LimitSupport { probe(.current) }

    static func probe(_ hierarchy: CgroupHierarchy) -> LimitSupport {
        let asked = ResourceLimits(memoryBytes: 1 << 30, cpuPercent: 100, processes: 1000)
        guard let cgroup = Cgroup.make(name: "interlock-probe-\(getpid())", limits: asked, in: hierarchy) else {
            return LimitSupport(memory: false, cpu: false, processes: false)
        }
        let rest = cgroup.apply(asked)
        cgroup.remove()
        return LimitSupport(
            memory: rest.memoryBytes == nil, cpu: rest.cpuPercent == nil, processes: rest.processes == nil)
    }

    /// What a person should know of the limits that tasks ask for; `nil` when all are enforced.
    public func warning(for wanted: ResourceLimits) -> String? {
        var missing: [String] = []
        if wanted.memoryBytes != nil && !memory {
            missing.append("memory is limited for each process by itself (address space), not for a task as a whole")
        }
        if wanted.cpuPercent != nil && !cpu { missing.append("processor time is not limited") }
        if wanted.processes != nil && !processes {
            missing.append(
                "processes are counted for a task's user as a whole, and only where he is neither the runner's nor root"
            )
        }
        guard !missing.isEmpty else { return nil }
        return "no cgroup can be had for some limits of tasks on this host: \(missing.joined(separator: "; "))"
    }
}
