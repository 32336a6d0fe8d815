import Glibc
import Testing

@testable import System

private let types = """
    tasks:
      flaky:
        command: [sh, -c, "echo attempt $INTERLOCK_ATTEMPT; exit $((INTERLOCK_ATTEMPT < 3))"]
        locks: [/flaky]
        retries: { max: 3, backoff: 50ms }
      hopeless: { command: ["false"], retries: { max: 1, backoff: 10ms } }
      patient: { command: ["false"], retries: { max: 1, backoff: 1h } }
      once: { command: ["false"] }
      killed: { command: [sleep, "100"], retries: { max: 1, backoff: 10ms } }
      repeatable: { command: [sleep, "100"], idempotent: true, retries: { max: 1, backoff: 10ms } }
      secretive:
        command: [sh, -c, 'test "$INTERLOCK_ARGUMENT_TOKEN" = hush && exit $((INTERLOCK_ATTEMPT < 2))']
        arguments: { token: { secret: true } }
        retries: { max: 1, backoff: 10ms }
    """

@Suite("A task that may be tried again", .service(types))
struct RetryTests {
    private func start(_ type: String, _ options: String...) async throws -> String {
        let answer = try await currentSite().start(["task", "start", type, "--json"] + options).answer()
        return try #require(try answer.json.task.text, "\(answer.error)")
    }

    private func events(of task: String, _ type: String) async throws -> [JSON] {
        try await currentSite().events().filter { $0.type.text == type && $0.data.task.text == task }
    }

    @Test(
        "is tried until it succeeds, each time under its locks and as a session of its own; who waits exits as the last did"
    )
    func succeeds() async throws {
        let site = try currentSite()
        let task = try await start("flaky")
        #expect(try await site.run("task", "wait", task).status == 0)
        let shown = try await site.show(task)
        #expect(shown.outcome == "succeeded")
        #expect(shown.attempt == 3)
        let ends = try await events(of: task, "task.finished")
        #expect(ends.map(\.data.outcome) == ["failed", "failed", "succeeded"])
        #expect(ends.map(\.data.retry) == [true, true, .absent])
        #expect(try await events(of: task, "task.retry-scheduled").map(\.data.attempt) == [2, 3])
        let sessions = try await site.events().filter { $0.type == "session.opened" && $0.data.task.text == task }
        #expect(Set(sessions.compactMap(\.data.session.text)).count == 3)
        #expect(try await site.json("task", "list").elements.count { $0.task.text == task } == 1)
    }

    @Test("fails when no attempt is left, and 'task retry' adds one")
    func hopeless() async throws {
        let site = try currentSite()
        let task = try await start("hopeless")
        #expect(try await site.finished(task).attempt == 2)
        #expect(try await site.run("task", "wait", task).status == 1)
        let retried = try await site.run("task", "retry", task, "--json")
        #expect(retried.status == 0)
        #expect(try await site.finished(task).attempt == 3)
        #expect(try await events(of: task, "task.finished").count == 3)
    }

    @Test("can be stopped while it waits for its next attempt")
    func stopped() async throws {
        let site = try currentSite()
        let task = try await start("patient")
        _ = try await site.eventually("the first attempt has failed") {
            try await site.show(task).lastOutcome == "failed" ? true : nil
        }
        #expect(try await site.run("task", "stop", task).status == 0)
        let end = try await site.finished(task)
        #expect(end.outcome == "stopped")
        #expect(try await events(of: task, "task.claimed").count == 1)
    }

    @Test("that was stopped is not tried again; that was lost, only when its type is idempotent")
    func unwitnessed() async throws {
        let site = try currentSite()
        let stopped = try await start("killed")
        try await site.task(stopped, is: "running")
        #expect(try await site.run("task", "stop", stopped, "--now").status == 0)
        #expect(try await site.finished(stopped).outcome == "stopped")
        for (type, outcomes) in [("killed", ["lost"]), ("repeatable", ["lost", "stopped"])] {
            let task = try await start(type)
            let pid = try #require(try await site.task(task, is: "running").pid.integer)
            let main = try ProcessIdentity.of(pid: Int32(pid))
            try signal(SIGKILL, to: try ProcessIdentity.of(pid: try ProcessStatus.of(pid: main.pid).parent))
            if outcomes.count > 1 {
                _ = try await site.eventually("the second attempt runs") {
                    let shown = try await site.show(task)
                    return shown.attempt == 2 && shown.state == "running" ? true : nil
                }
                _ = try await site.run("task", "stop", task, "--now")
            }
            _ = try await site.finished(task)
            #expect(try await events(of: task, "task.finished").compactMap(\.data.outcome.text) == outcomes)
        }
    }

    @Test("keeps its secrets until its last attempt has ended; then it cannot be retried")
    func secrets() async throws {
        let site = try currentSite()
        let task = try await start("secretive", "--arg", "token=hush")
        #expect(try await site.finished(task).outcome == "succeeded")
        let refused = try await site.run("task", "retry", task)
        #expect(refused.status == 1)
        #expect(refused.error.contains("secrets"))
    }

    @Test("is not retried while it is unfinished, and an unknown one is 66")
    func refusals() async throws {
        let site = try currentSite()
        let task = try await start("killed")
        let refused = try await site.run("task", "retry", task)
        #expect(refused.status == 1)
        #expect(refused.error.contains("not finished"))
        _ = try await site.run("task", "stop", task, "--now")
        let unknown = try await site.run("task", "retry", "nobody")
        #expect(unknown.status == 66, "\(unknown)")
    }

    @Test("goes on being tried by the next runner when the first is killed between two attempts")
    func runnerDies() async throws {
        let site = try currentSite()
        let service = try currentService()
        let task = try await start("flaky")
        _ = try await site.eventually("an attempt has failed") {
            try await site.show(task).attempt.integer ?? 1 > 1 ? true : nil
        }
        try await service.kill()
        try await service.restart()
        #expect(try await site.finished(task).attempt == 3)
    }
}
