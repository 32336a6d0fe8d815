internal import EventStore
public import Events
public import Projections
internal import System

extension OpenSite {
    /// Without a live runner a waiting command gives up after this.
    public static let runnerPatience = Duration.seconds(5)

    /// Why the wait ended before the task did; the task itself goes on.
    public enum TaskWaitFailure: Error, Sendable {
        case noSuchTask
        case timedOut
        /// No runner is registered on this host: nobody would start it.
        case noRunner
    }

    /// From inside a session: it waits for the task's end from here on, as the log says. Throws `DeadlockRefused`.
    /// False when there is nothing to wait for.
    @discardableResult
    public func beginWait(for task: TaskID, _ waiting: Claimant) async throws -> Bool {
        let reply = try await submitJudged { .awaitTask(task, Awaiting(holder: waiting.holder, alive: $0)) }
        if case .awaiting = reply { return true }
        return false
    }

    /// Waits until a task is finished. `onChange` sees it whenever it has changed. `waiting` is the session whose wait
    /// has begun: it ends with the task, or here when this is given up.
    public func wait(
        for task: TaskID, timeout: Duration?, needsRunner: Bool, waiting: Claimant? = nil,
        onChange: @Sendable (TaskStatus) -> Void
    ) async throws -> TaskStatus {
        do {
            return try await untilFinished(task, timeout, needsRunner: needsRunner, waiting, onChange)
        } catch {
            if let waiting, !(error is DeadlockRefused) {
                // In a task of its own: a cancelled one would not be let to say so.
                _ = try? await Task { try await submit(.endWait(task, by: waiting.session)) }.value
            }
            throw error
        }
    }

    private func untilFinished(
        _ task: TaskID, _ timeout: Duration?, needsRunner: Bool, _ waiting: Claimant?,
        _ onChange: @Sendable (TaskStatus) -> Void
    ) async throws -> TaskStatus {
        let hint = try? HintSocket(at: hints.follower("wait-\(task)-\(try NewID.request())"))
        let deadline = timeout.map { MonotonicTime.now.advanced(by: $0) }
        var runnerDeadline = MonotonicTime.now.advanced(by: Self.runnerPatience)
        var seen: TaskRecord?
        while true {
            let known = try await patiently(until: deadline) { try await status(of: task) }
            guard let status = known else { throw TaskWaitFailure.noSuchTask }
            if status.record != seen {
                seen = status.record
                onChange(status)
            }
            if status.record.phase == .finished { return status }
            if let waiting { try await stayReasonable(task, waiting) }
            if let deadline, MonotonicTime.now >= deadline { throw TaskWaitFailure.timedOut }
            if needsRunner, status.record.phase == .queued {
                // From when there was one last: a runner that is started anew is away for a moment.
                if try await hasRunner() {
                    runnerDeadline = MonotonicTime.now.advanced(by: Self.runnerPatience)
                } else if MonotonicTime.now >= runnerDeadline {
                    throw TaskWaitFailure.noRunner
                }
            }
            let limit = min(deadline?.durationFromNow ?? LockRequest.longestPoll, LockRequest.longestPoll)
            if let hint { _ = try await hint.wait(timeout: limit) } else { try await Task.sleep(for: limit) }
        }
    }

    /// The wait may have come to be in vain since it began.
    private func stayReasonable(_ task: TaskID, _ waiting: Claimant) async throws {
        let session = waiting.session
        guard try await log.inspect({ platform, _ in platform.locks.waitsForEver(session) }) else { return }
        _ = try await submitJudged { .awaitTask(task, Awaiting(holder: .session(session), alive: $0)) }
    }

    /// True when a runner of this host is registered and not proven dead.
    public func hasRunner() async throws -> Bool {
        let host = site.host
        let session = try await log.inspect { platform, _ in
            platform.tasks.runner(on: host).flatMap { platform.locks.session($0.session) }
        }
        return session.map { ends(of: [$0]).isEmpty } ?? false
    }
}
