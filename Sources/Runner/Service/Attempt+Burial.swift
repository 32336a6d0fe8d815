internal import Events
internal import Projections
internal import System

/// The end of an attempt whose shim died without a record of it.
extension Attempt {
    /// Between two looks at what is left.
    static let buryPause = Duration.milliseconds(10)

    /// Kills whatever the shim left, and only when nothing is left says that the attempt is lost.
    func bury() async throws {
        let start = try directory.startRecord()
        let shim = try directory.shimIdentity()
        let evidence: String
        RunnerStep.beforeBurial.reached()
        if let shim, shim.bootID != (try ProcessIdentity.current).bootID {
            // Nothing of an earlier boot lives.
            evidence = "the host was started anew before its end was recorded"
        } else {
            try await killRemains()
            if let process = task.start?.process, let identity = ProcessIdentity(process),
                case .alive = identity.liveness()
            {
                throw SystemError(.permission, "process \(identity.pid) of it lives and is not this user's to kill")
            }
            let cause = shim == nil ? "its files are gone" : "its shim died without a record of the end"
            evidence = "\(cause); what it left was killed"
        }
        RunnerStep.afterBurial.reached()
        try await reportStart(start)
        try await finish(AttemptOutcome(.lost, evidence: evidence))
    }

    private func killRemains() async throws {
        if Host.userID != 0, try directory.isShared() {
            // Nothing of what stands in there is believed: it is his.
            guard let user = try directory.shimUserID(), user != Host.userID else {
                throw SystemError(.permission, "its files are not as its shim left them: somebody has changed them")
            }
            return try await killRemains(as: user)
        }
        let (marks, cgroup) = (AttemptLaunch.marks(task.id, task.attempt), try directory.cgroup())
        while try AttemptRemains.kill(entries: marks, cgroup: cgroup) > 0 {
            try await Task.sleep(for: Self.buryPause)
        }
    }

    /// Another user's processes are his shim's to find and to kill.
    private func killRemains(as userID: UInt32) async throws {
        let undertaker = try directory.startShim(
            TaskUser.command([service.shim, "--bury"], as: userID), environment: Self.shimEnvironment,
            keepsComplaint: true)
        guard await undertaker.wait().cause == .exited(0) else {
            throw SystemError(
                .permission,
                "what is left of it cannot be killed as user \(userID): \(directory.complaint() ?? "no reason given")")
        }
    }
}
