public import Events
public import System

extension ProcessID {
    /// A process of this host as events name it.
    public init(_ identity: ProcessIdentity) {
        self.init(
            bootID: identity.bootID, pidNamespace: String(identity.pidNamespace), pid: Int(identity.pid),
            startTicks: Int(clamping: identity.startTicks))
    }
}

extension ProcessIdentity {
    /// Nil for numbers that no kernel gives out.
    public init?(_ process: ProcessID) {
        guard let namespace = UInt64(process.pidNamespace), let pid = Int32(exactly: process.pid),
            let ticks = UInt64(exactly: process.startTicks)
        else { return nil }
        self.init(bootID: process.bootID, pidNamespace: namespace, pid: pid, startTicks: ticks)
    }
}
