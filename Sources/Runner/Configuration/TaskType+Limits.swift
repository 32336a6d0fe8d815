internal import System

extension ResourceLimits {
    /// What a task type says; nil for no limits.
    init(_ limits: TaskType.Limits?) {
        self.init(
            memoryBytes: limits?.memory.map { UInt64(clamping: $0.bytes) }, cpuPercent: limits?.cpuPercent,
            processes: limits?.pids)
    }
}

extension Configuration {
    /// What of the limits that task types ask for this host does not enforce, for a person; nil when it enforces all.
    var limitWarning: String? {
        let wanted = tasks.values.map { ResourceLimits($0.limits) }.reduce(into: ResourceLimits()) { all, limits in
            all.memoryBytes = all.memoryBytes ?? limits.memoryBytes
            all.cpuPercent = all.cpuPercent ?? limits.cpuPercent
            all.processes = all.processes ?? limits.processes
        }
        guard !wanted.isEmpty else { return nil }
        let own = System.Host.userName(of: System.Host.userID)
        let isByOthers = tasks.values.contains { $0.limits != nil && $0.user != nil && $0.user != own }
        let others =
            System.Host.userID != 0 && isByOthers
            ? "tasks of other users have no cgroup below a runner that is not root: their memory is bounded by the process, "
                + "their processes with all others of that user, their processor time not at all" : nil
        let parts = [LimitSupport.probe().warning(for: wanted), others].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }
}
