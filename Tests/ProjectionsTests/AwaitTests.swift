import Events
import Projections
import Testing

@Suite("Waits for tasks")
struct AwaitTests {
    func served() throws -> Scene {
        var scene = Scene()
        try scene.register("r")
        try scene.asks("a", "/a")
        return scene
    }

    @Test("A wait is in the log from its beginning to the task's end, and asked for twice it is there once")
    func life() throws {
        var scene = try served()
        try scene.queue("t", "/t")
        var mark = scene.facts.count
        #expect(try scene.awaits("a", "t") == .awaiting(SessionID("a")))
        try scene.awaits("a", "t")
        #expect(scene.kinds(since: mark) == ["task.wait-began"])
        #expect(scene.platform.locks.session(SessionID("a"))?.awaits.map(\.task.text) == ["t"])
        try scene.start("t", by: "r")
        mark = scene.facts.count
        try scene.finish("t", by: "r")
        #expect(
            scene.kinds(since: mark) == ["task.finished", "task.wait-ended", "lock.released", "session.ended"])
        #expect(try scene.awaits("a", "t") == .nothingToAwait)
        #expect(try scene.awaits("a", "never") == .nothingToAwait)
    }

    @Test("Given up, or with its session, a wait ends before the task does")
    func ends() throws {
        var scene = try served()
        try scene.queue("t", "/t")
        try scene.awaits("a", "t")
        var mark = scene.facts.count
        try scene.give(.endWait(TaskID("t"), by: SessionID("a")))
        try scene.give(.endWait(TaskID("t"), by: SessionID("a")))
        #expect(scene.kinds(since: mark) == ["task.wait-ended"])
        try scene.awaits("a", "t")
        mark = scene.facts.count
        try scene.die("a")
        #expect(scene.kinds(since: mark) == ["lock.released", "task.wait-ended", "session.ended"])
    }

    @Test("To wait for a task that waits for one's own lock is refused, and the task waits on")
    func awaited() throws {
        var scene = try served()
        try scene.queue("t", "/a")
        let mark = scene.facts.count
        #expect(try scene.awaits("a", "t").cycle?.map(\.words) == ["a holds /a, wants task t", "s-t wants /a"])
        #expect(scene.kinds(since: mark) == ["lock.refused"])
        guard case .lockRefused(let refused) = scene.facts.last?.event else { return }
        #expect(refused.task?.text == "t" && refused.request == nil && refused.locks.isEmpty)
        #expect(scene.phase("t") == .queued)
        try scene.release("a")
        #expect(scene.phase("t") == .claimed)
    }

    @Test("A task that is awaited is refused the lock of whoever awaits it")
    func fromInside() throws {
        var scene = try served()
        try scene.queue("t", "/t")
        try scene.start("t", by: "r")
        try scene.awaits("a", "t")
        #expect(
            try scene.asks("inner", "/a", under: "s-t").cycle?.map(\.words) == [
                "s-t wants /a", "a holds /a, wants task t",
            ])
    }

    @Test("A delayed task that will ask for one's own lock is not waited for, and has no session yet")
    func delayed() throws {
        var scene = try served()
        try scene.queue("t", "/a", notBefore: .max / 2)
        let cycle = try scene.awaits("a", "t").cycle
        #expect(cycle?.map(\.words) == ["a holds /a, wants task t", "task t wants /a"])
        #expect(cycle?.last?.session == nil && cycle?.last?.holds == nil)
        try scene.queue("harmless", "/b", notBefore: .max / 2)
        #expect(try scene.awaits("a", "harmless") == .awaiting(SessionID("a")))
    }

    @Test("Queued and waited for in one command, a task that would never end is not queued")
    func oneCommand() throws {
        var scene = try served()
        let mark = scene.facts.count
        #expect(try scene.runs("a", "t", "/a").cycle?.map(\.words) == ["a holds /a, wants task t", "task t wants /a"])
        #expect(scene.kinds(since: mark) == ["lock.refused"])
        #expect(try scene.runs("a", "later", "/a", notBefore: .max / 2).cycle != nil)
        #expect(scene.platform.tasks.unfinished.isEmpty)
        #expect(try scene.runs("a", "good", "/b") == .task(TaskID("good")))
        #expect(
            scene.kinds(since: mark).suffix(6) == [
                "task.queued", "session.opened", "lock.requested", "lock.granted", "task.claimed", "task.wait-began",
            ])
    }

    @Test("A ring through two tasks is found: each is awaited by one who holds what the other needs")
    func twoTasks() throws {
        var scene = try served()
        try scene.asks("b", "/b")
        try scene.queue("needs-a", "/a")
        try scene.queue("needs-b", "/b")
        #expect(try scene.awaits("a", "needs-b") == .awaiting(SessionID("a")))
        #expect(
            try scene.awaits("b", "needs-a").cycle?.map(\.words) == [
                "b holds /b, wants task needs-a", "s-needs-a wants /a", "a holds /a, wants task needs-b",
                "s-needs-b wants /b",
            ])
    }

    @Test("With slots and waits a stored state is restored to the byte, and goes on in the same way")
    func stored() throws {
        var scene = try served()
        try scene.slots("/s", 2)
        for name in ["b", "c", "d"] { try scene.asks(name, "t:/s") }
        try scene.queue("t", "/t", "t:/s")
        try scene.queue("later", "/a", notBefore: .max / 2)
        try scene.awaits("b", "t")
        try scene.asks("b", "/c", "s:/c")
        try scene.asks("e", "/x")
        try scene.awaits("d", "t")
        var bytes: [String: [UInt8]] = [:]
        for name in Platform.projectionNames {
            bytes[name] = scene.platform.encodeProjection(name)
            #expect(bytes[name] == scene.replayed.encodeProjection(name))
        }
        var restored = try Platform(projections: bytes)
        for name in Platform.projectionNames { #expect(restored.encodeProjection(name) == bytes[name]) }
        #expect(restored.locks.capacity(of: try path("/s")) == 2)
        var live = scene.platform
        let commands: [Platform.Command] = [
            .awaitTask(TaskID("later"), Awaiting(holder: .session(SessionID("a")))),
            .configureSlots([try path("/s"): 1], onlyMissing: false),
            .endSessions([SessionEnded(session: SessionID("c"), cause: .exited, evidence: "e")]),
            .configureSlots([try path("/s"): 3], onlyMissing: false),
        ]
        for (index, command) in commands.enumerated() {
            var one = Draft(after: 1000 * (index + 1), at: Timestamp(microseconds: 1000))
            var other = one
            let replies = [try live.decide(command, into: &one), try restored.decide(command, into: &other)]
            #expect(replies[0] == replies[1] && one.facts == other.facts)
        }
        #expect(live.encodeProjection("locks") == restored.encodeProjection("locks"))
    }
}
