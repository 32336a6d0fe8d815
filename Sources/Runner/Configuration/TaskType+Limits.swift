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
        return wanted.isEmpty ? nil : LimitSupport.probe().warning(for: wanted)
    }
}
