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
                    let told = view(of: status, for: .administrator)
                    if isWatched, status.record.phase == .running, let progress = told["progress"] {
                        return state.bar.show(progress)
                    }
                    let line = TaskWaitText().text(of: told, on: .line)
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
        context.answer(view(of: status, for: .administrator), NoText())
        throw CommandExit(status.exitCode)
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
