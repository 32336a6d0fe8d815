import Events
import Projections
import Testing

@Suite("Tasks")
struct TaskTests {
    func code(_ body: () throws -> Void) -> Refusal.Code? {
        do { try body() } catch { return (error as? Refusal)?.code }
        return nil
    }

    @Test("From queued to finished: each step is one transaction")
    func life() throws {
        var scene = Scene()
        try scene.register("r1")
        var mark = scene.facts.count
        try scene.queue("t", "x:/a")
        #expect(
            scene.kinds(since: mark) == [
                "task.queued", "session.opened", "lock.requested", "lock.granted", "task.claimed",
            ])
        #expect(scene.phase("t") == .claimed)
        try scene.start("t", by: "r1")
        #expect(scene.phase("t") == .running)
        try scene.give(.taskProgressed(TaskProgressed(task: TaskID("t"), attempt: 1, percent: 40), by: RunnerID("r1")))
        #expect(try !scene.takes("next", "x:/a"))
        mark = scene.facts.count
        try scene.finish("t", by: "r1")
        #expect(
            scene.kinds(since: mark) == ["task.finished", "lock.released", "session.ended", "lock.granted"])
        #expect(scene.phase("t") == nil && scene.holds("next", "/a"))
        let record = TaskRecord(folding: scene.facts.filter { $0.event.stream == "task-t" })
        #expect(record?.phase == .finished && record?.end?.outcome == .succeeded && record?.progress?.percent == 40)
    }

    @Test("Secrets are needed from the order to the end, and by no task that was given none")
    func secrets() throws {
        var scene = Scene()
        try scene.register("r1")
        #expect(!scene.platform.needsSecrets(of: TaskID("t")))
        try scene.queue("t", "x:/a", secrets: ["token"])
        try scene.queue("other", "x:/b")
        try scene.start("t", by: "r1")
        #expect(scene.platform.needsSecrets(of: TaskID("t")))
        #expect(!scene.platform.needsSecrets(of: TaskID("other")))
        #expect(scene.platform.tasks.task(TaskID("t"))?.order.secrets == ["token"])
        try scene.finish("t", by: "r1")
        #expect(!scene.platform.needsSecrets(of: TaskID("t")))
    }

    @Test("Without a runner of its host a task is neither granted nor does it hold anybody back")
    func withoutRunner() throws {
        var scene = Scene()
        try scene.register("r2", host: "h2")
        try scene.queue("t", "x:/")
        #expect(scene.phase("t") == .queued)
        #expect(try scene.takes("a", "x:/a"))
        try scene.register("r1")
        #expect(scene.phase("t") == .queued)
        #expect(try !scene.takes("b", "x:/b"), "now it holds back")
        try scene.give(.retireRunner(RunnerID("r1"), cause: .stopped))
        #expect(scene.holds("b", "/b"), "and not any more")
        try scene.release("a")
        try scene.release("b")
        #expect(scene.phase("t") == .queued)
        try scene.register("r3")
        #expect(scene.phase("t") == .claimed && scene.holds("s-t", "/"))
    }

    @Test("A task without locks is claimed as soon as a runner is there")
    func withoutLocks() throws {
        var scene = Scene()
        try scene.queue("before")
        #expect(scene.phase("before") == .queued)
        try scene.register("r1")
        #expect(scene.phase("before") == .claimed)
        try scene.queue("after")
        #expect(scene.phase("after") == .claimed)
    }

    @Test("A delayed task asks for its locks when its runner says that it is due, and not before")
    func delayed() throws {
        var scene = Scene()
        try scene.register("r1")
        try scene.queue("t", "x:/a", notBefore: 3_500_000)
        #expect(scene.phase("t") == .queued && !scene.waits("s-t"))
        #expect(try scene.takes("a", "x:/b"))
        try scene.give(.taskDue(TaskID("t"), scene.taskSession("t")))
        #expect(scene.phase("t") == .claimed)
        let mark = scene.facts.count
        try scene.give(.taskDue(TaskID("t"), scene.taskSession("t")))
        #expect(scene.facts.count == mark, "a second time is a no-op")
    }

    @Test("A key with an unfinished task answers that one and appends nothing")
    func unique() throws {
        var scene = Scene()
        try scene.register("r1")
        try scene.queue("t", "x:/a", unique: "k")
        let mark = scene.facts.count
        #expect(try scene.queue("u", "x:/b", unique: "k") == .existing(TaskID("t")))
        #expect(scene.facts.count == mark)
        try scene.finish("t", .notStarted, by: "r1")
        #expect(try scene.queue("u", "x:/b", unique: "k") == .task(TaskID("u")))
    }

    @Test("Stop of a task that is queued, waiting, claimed, running, stopping")
    func stop() throws {
        var scene = Scene()
        func stop(_ name: String) throws -> [String] {
            let mark = scene.facts.count
            try scene.give(.stopTask(TaskID(name), by: "me", reason: "enough"))
            return scene.kinds(since: mark)
        }
        try scene.queue("delayed", "x:/a", notBefore: .max / 2)
        #expect(try stop("delayed") == ["task.stop-requested", "task.finished"])
        try scene.register("r1")
        #expect(try scene.takes("holder", "x:/a"))
        try scene.queue("waiting", "x:/a")
        #expect(
            try stop("waiting") == ["task.stop-requested", "task.finished", "lock.withdrawn", "session.ended"])
        try scene.queue("claimed", "x:/b")
        #expect(try stop("claimed") == ["task.stop-requested"])
        #expect(scene.phase("claimed") == .stopping)
        try scene.start("claimed", by: "r1")
        #expect(scene.phase("claimed") == .stopping, "a start that was under way")
        #expect(try stop("claimed") == [])
        try scene.queue("running", "x:/c")
        try scene.start("running", by: "r1")
        #expect(try stop("running") == ["task.stop-requested"])
        try scene.finish("running", .stopped, by: "r1")
        #expect(scene.phase("running") == nil)
        #expect(code { _ = try stop("running") } == .noSuchTask)
    }

    @Test("Only the runner ends a task's session")
    func session() throws {
        var scene = Scene()
        try scene.register("r1")
        try scene.queue("t", "x:/a")
        #expect(try scene.die("s-t") == .ended([]))
        #expect(scene.holds("s-t", "/a"))
        #expect(
            code { try scene.acquire("s-t", "x:/b") } == .wrongState, "it has no process before it started")
        try scene.start("t", by: "r1")
        #expect(try scene.takes("s-t", "x:/b"), "from then on it is a session like others")
        #expect(try scene.takes("nested", "x:/a/b", under: "s-t"))
        let mark = scene.facts.count
        try scene.give(
            .endSessions([SessionEnded(session: SessionID("s-t"), cause: .restored, evidence: "restored dump")]))
        #expect(
            scene.kinds(since: mark) == ["task.finished", "lock.released", "lock.released", "session.ended"])
        #expect(scene.holds("nested", "/a/b"), "a child lives on")
    }

    @Test("A running task's own requests take part even while no runner is registered")
    func runningWithoutRunner() throws {
        var scene = Scene()
        try scene.register("r1")
        try scene.queue("t", "x:/a")
        try scene.start("t", by: "r1")
        try scene.give(.retireRunner(RunnerID("r1"), cause: .stopped))
        #expect(try scene.takes("a", "x:/b"))
        #expect(try !scene.takes("s-t", "x:/b"))
        let restored = try Platform(
            projections: [
                "locks": scene.platform.encodeProjection("locks"), "tasks": scene.platform.encodeProjection("tasks"),
            ])
        #expect(restored.locks.queue.allSatisfy { !restored.locks.isDormant($0) })
        #expect(restored.locks.session(SessionID("s-t"))?.process != nil)
        try scene.release("a")
        #expect(scene.holds("s-t", "/b"))
    }

    @Test("One runner a host; another one needs proof of death, and ends the first in the same transaction")
    func takeover() throws {
        var scene = Scene()
        try scene.register("r1")
        try scene.queue("t", "x:/a")
        #expect(code { try scene.register("r2") } == .hostHasRunner)
        let mark = scene.facts.count
        try scene.register("r2", afterDeathOf: "r1")
        #expect(
            scene.kinds(since: mark) == [
                "runner.retired", "session.opened", "runner.registered", "session.ended",
            ])
        #expect(code { try scene.start("t", by: "r1") } == .noSuchRunner)
        try scene.start("t", by: "r2")
        #expect(scene.platform.tasks.claimed(on: "h1").map(\.id.text) == ["t"])
        #expect(code { try scene.finish("t", by: "r1") } == .noSuchRunner)
        try scene.finish("t", by: "r2")
    }

    @Test("A runner whose session ends is retired in the same transaction")
    func deadRunner() throws {
        var scene = Scene()
        try scene.register("r1")
        let mark = scene.facts.count
        try scene.die("s-r1")
        #expect(scene.kinds(since: mark) == ["runner.retired", "session.ended"])
        #expect(scene.platform.tasks.registered.isEmpty)
        try scene.register("r2")
        try scene.give(.retireRunner(RunnerID("r2"), cause: .stopped))
        #expect(scene.platform.locks.session(SessionID("s-r2")) == nil, "a session opened for it closes with it")
    }

    @Test("A runner speaks only for attempts of its own host, once each")
    func wrongRunner() throws {
        var scene = Scene()
        try scene.register("r1")
        try scene.register("r2", host: "h2")
        try scene.queue("t", "x:/a")
        #expect(code { try scene.start("t", by: "r2") } == .noSuchRunner)
        try scene.start("t", by: "r1")
        #expect(code { try scene.start("t", by: "r1") } == .wrongState)
        let late = TaskFinished(task: TaskID("t"), attempt: 2, outcome: .succeeded, evidence: "")
        #expect(code { try scene.give(.taskFinished(late, by: RunnerID("r1"))) } == .wrongState)
        #expect(
            code { try scene.give(.withdraw(RequestID("r-t"), cause: .cancelled)) } == nil,
            "its request was granted")
    }
}
