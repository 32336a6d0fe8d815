import Events
import Projections
import Runner
import Synchronization
import System

/// Waiting for a task's end, and ending as it did.
struct TaskEnd {
    let context: Context
    let site: OpenSite

    init(_ context: Context, _ site: OpenSite) {
        self.context = context
        self.site = site
    }

    /// Who waits, for the log: inside 'lock run' or a task a wait is one more thing that can close a ring.
    func claimant() async throws -> Claimant? {
        guard let session = context.environment.setting("INTERLOCK_SESSION") else { return nil }
        return try await site.claimant(
            for: try ProcessIdentity.current, program: "interlock", label: nil, inherited: session,
            closesWhenIdle: true)
    }

    /// `waiting` is a session whose wait has begun.
    func wait(for task: TaskID, timeout: Duration?, needsRunner: Bool, waiting: Claimant?) async throws {
        let context = context
        let state = Mutex((said: "", bar: ProgressBar(context.streams)))
        let isWatched = context.streams.errorColumns != nil && context.environment.setting("TERM") != "dumb"
        let status: TaskStatus
        do {
            status = try await site.wait(for: task, timeout: timeout, needsRunner: needsRunner, waiting: waiting) {
                status in
                guard !context.json else { return }
                state.withLock { state in
                    if isWatched, status.record.phase == .running, let progress = status.record.progress {
                        return state.bar.show(progress)
                    }
                    let line = Self.line(status)
                    guard state.said != line else { return }
                    state.said = line
                    state.bar.clear()
                    context.streams.error("interlock: \(line)")
                }
            }
        } catch {
            state.withLock { $0.bar.clear() }
            throw Self.failure(error, task)
        }
        context.answer(view(of: status, for: .administrator)) { "" }
        throw CommandExit(status.exitCode)
    }

    private static func line(_ status: TaskStatus) -> String {
        let task = "task \(status.record.id)"
        if let end = status.record.end { return "\(task) \(end.outcome.rawValue): \(end.evidence)" }
        if let progress = status.record.progress {
            return "\(task) is \(status.state), \(progress.percent) %" + (progress.message.map { ": \($0)" } ?? "")
        }
        guard let first = status.waitingFor.first else { return "\(task) is \(status.state)" }
        let holder = first.holder.map { $0.briefName ?? "a process" }
        return "\(task) waits for \(first.blocker.path), \(first.blocker.kind.rawValue) by \(holder ?? "another")"
    }

    private static func failure(_ error: any Error, _ task: TaskID) -> any Error {
        switch error {
        case OpenSite.TaskWaitFailure.noSuchTask: .noSuchTask(task.text)
        case OpenSite.TaskWaitFailure.timedOut:
            CommandFailure(
                .notObtained, code: "timed-out", "task \(task) has not ended yet",
                hint: "It goes on; see: interlock task show \(task)")
        case OpenSite.TaskWaitFailure.noRunner:
            CommandFailure(
                .unavailable, code: "no-runner", "task \(task) is queued, but no runner of this host would start it",
                hint: "Start one: interlock serve")
        default: error
        }
    }
}

extension Error where Self == CommandFailure {
    static func noSuchTask(_ id: String) -> CommandFailure {
        CommandFailure(.noSuchThing, code: "no-such-task", "there is no task '\(id)'", hint: "See: interlock task list")
    }
}
