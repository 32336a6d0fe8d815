import Glibc
import Testing

@testable import System

@Suite("A task", .service(Types.configuration))
struct OutcomeTests {
    @Test("succeeds: it is queued, runs under its lock, and frees it")
    func life() async throws {
        let site = try currentSite()
        let (lock, barrier) = (site.path(), try site.barrier())
        let task = try await site.task("read x < \(barrier)", lock: lock)
        let running = try await site.task(task, is: "running")
        #expect(running.pid.integer != nil)
        #expect(running.outcome == .absent)
        #expect(try await site.holders(of: lock).map(Int.init) == [running.pid.integer])
        try await site.pass(barrier)
        let end = try await site.finished(task)
        #expect(end.outcome == "succeeded")
        #expect(end.exitCode == 0)
        #expect(end.pid == .absent)
        #expect(end.attempt == 1)
        #expect(try await site.holders(of: lock).isEmpty)
        #expect(try await site.json("task", "list", "--state", "finished").elements.contains { $0.task.text == task })
    }

    @Test(
        "ends with exactly one outcome, and task run exits as it did",
        arguments: [
            ("shell", "exit 0", "succeeded", 0), ("shell", "exit 3", "failed", 3),
            ("shell", "kill -SEGV $$", "crashed", 139), ("shell", "kill -KILL $$", "crashed", 137),
            ("brief", "sleep 100", "timed-out", 124), ("hasty", "exec /nowhere/x", "failed", 127),
        ] as [(String, String, String, Int32)])
    func outcomes(type: String, script: String, outcome: String, status: Int32) async throws {
        let site = try currentSite()
        let lock = type == "shell" ? ["--arg", "lock=\(site.path().dropFirst())"] : []
        let run = try site.start(["task", "run", type, "--json", "--arg", "script=\(script)"] + lock)
        let answer = try await run.answer()
        #expect(answer.status == status)
        #expect(try answer.json.outcome.text == outcome)
        let task = try #require(try answer.json.task.text)
        #expect(try await site.run("task", "wait", task).status == status)
    }

    @Test("whose program is not there was not started: 70")
    func notStarted() async throws {
        let site = try currentSite()
        let answer = try await site.run("task", "run", "missing", "--json")
        #expect(answer.status == 70)
        #expect(try answer.json.outcome == "not-started")
        #expect(try answer.json.evidence.text?.contains("/nowhere/program") == true)
    }

    @Test("whose shim is killed is lost, and nothing of it lives on")
    func lost() async throws {
        let site = try currentSite()
        let task = try await site.task("sleep 100")
        let pid = try #require(try await site.task(task, is: "running").pid.integer)
        let main = try ProcessIdentity.of(pid: Int32(pid))
        try signal(SIGKILL, to: try ProcessIdentity.of(pid: try ProcessStatus.of(pid: main.pid).parent))
        let end = try await site.finished(task)
        #expect(end.outcome == "lost")
        #expect(!lives(main))
        #expect(try await site.run("task", "wait", task).status == 70)
    }

    @Test("whose main process is killed is over only when nothing of it lives; then its lock goes to the next in line")
    func leftovers() async throws {
        let site = try currentSite()
        let (lock, dir) = (site.path(), site.scratch.path)
        let names = ["one", "two", "three"].map { $0 + lock.dropFirst() }
        let script = """
            setsid sh -c 'echo $$ > \(dir)/\(names[0]); exec sleep 100' &
            setsid setsid sh -c 'trap "" TERM HUP; (echo $$ > \(dir)/\(names[1]); sleep 100) & sleep 100' &
            env -i setsid sh -c 'echo $$ > \(dir)/\(names[2]); exec sleep 100' > /dev/null 2>&1 < /dev/null &
            wait
            """
        let task = try await site.task(script, lock: lock)
        var left: [ProcessIdentity] = []
        for name in names { left.append(try await site.scratch.process(name)) }
        let pid = try #require(try await site.task(task, is: "running").pid.integer)
        let next = try await site.queue("next" + lock, lock)
        try signal(SIGKILL, to: try ProcessIdentity.of(pid: Int32(pid)))
        try await next.says("ready")
        for process in left { #expect(!lives(process)) }
        let end = try await site.show(task)
        #expect(end.outcome == "crashed")
        #expect(end.signal == 9)
        let events = try await site.events()
        let finished = try #require(events.first { $0.type == "task.finished" && $0.data.task.text == task })
        let granted = try #require(
            events.last { $0.type == "lock.granted" && $0.data.locks.elements[0].path.text == lock })
        #expect(try #require(finished.position.integer) < (try #require(granted.position.integer)))
        _ = try await next.answer()
    }

    @Test("waits for a lock that a lock run holds, and says so")
    func waiting() async throws {
        let site = try currentSite()
        let lock = site.path()
        let holder = try await site.hold("--label", "in-the-way", lock)
        let task = try await site.task("true", lock: lock)
        let waiting = try await site.task(task, is: "waiting")
        #expect(waiting.waitingFor.elements.first?.holder.label == "in-the-way")
        #expect(waiting.waitingFor.elements.first?.kind == "held")
        _ = try await holder.answer()
        #expect(try await site.finished(task).outcome == "succeeded")
    }

    @Test("that is to start later waits for its time")
    func delayed() async throws {
        let site = try currentSite()
        let task = try await site.task("true", "--delay", "300ms")
        let end = try await site.finished(task)
        #expect(end.outcome == "succeeded")
        #expect(try #require(end.notBefore.text) <= (try #require(end.startedAt.text)))
    }

    @Test("is stopped while it is queued, while it waits, and while it runs")
    func stopped() async throws {
        let site = try currentSite()
        let queued = try await site.task("true", "--delay", "1h")
        #expect(try await site.run("task", "stop", queued).status == 0)
        #expect(try await site.finished(queued).outcome == "stopped")

        let lock = site.path()
        let holder = try await site.hold(lock)
        let waiting = try await site.task("true", lock: lock)
        #expect(try await site.run("task", "stop", waiting).status == 0)
        #expect(try await site.finished(waiting).outcome == "stopped")
        #expect(try await site.run("task", "wait", waiting).status == 143)
        _ = try await holder.answer()

        let running = try await site.task("sleep 100")
        try await site.task(running, is: "running")
        #expect(try await site.run("task", "stop", running).status == 0)
        let end = try await site.finished(running)
        #expect(end.outcome == "stopped")
        #expect(end.signal == 15)
        #expect(try await site.run("task", "wait", running).status == 143)
        #expect(try await site.run("task", "stop", running).status == 0, "a second time is no error")
    }

    @Test("that ignores TERM is killed after its grace, and at once with --now")
    func stubborn() async throws {
        let site = try currentSite()
        let ready = site.path()
        let script = "trap '' TERM; echo $$ > \(site.scratch.path)\(ready); while :; do sleep 100; done"
        let hasty = try await site.task(type: "hasty", script)
        _ = try await site.scratch.line(String(ready.dropFirst()))
        #expect(try await site.run("task", "stop", hasty).status == 0)
        #expect(try await site.finished(hasty).signal == 9)

        let patient = try await site.task(script.replacing(ready, with: ready + "b"))
        _ = try await site.scratch.line(String(ready.dropFirst()) + "b")
        #expect(try await site.run("task", "stop", "--now", patient).status == 0)
        let end = try await site.finished(patient)
        #expect(end.signal == 9)
        #expect(end.outcome == "stopped")
    }
}
