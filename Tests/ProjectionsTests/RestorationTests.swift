import Events
import Projections
import Testing

@Suite("A restored log that is taken over")
struct RestorationTests {
    private func end(_ session: String) -> SessionEnded {
        SessionEnded(session: SessionID(session), cause: .restored, evidence: "no process has pid 1")
    }

    @Test("goes on a million positions above the highest seen, in one transaction that says why")
    func jumps() throws {
        var scene = Scene()
        try scene.open("a")
        try scene.acquire("a", "/x")
        let head = try #require(scene.facts.last?.position)
        let mark = scene.facts.count
        let restoration = Restoration(previousHead: head, highest: 70, by: "root", ends: [end("a")])
        #expect(try scene.give(.adopt(restoration)) == .adopted(70 + LogRestored.jump))
        #expect(scene.kinds(since: mark) == ["log.restored", "lock.released", "session.ended"])
        let facts = scene.facts[mark...]
        #expect(facts.map(\.position) == Array(70 + LogRestored.jump...72 + LogRestored.jump))
        #expect(facts.first?.event == .logRestored(LogRestored(previousHead: head, by: "root")))
        #expect(facts.first?.jumpedFrom == head)
        try scene.open("b")
        guard case .granted(let token, _, _) = try scene.acquire("b", "/x") else {
            Issue.record("it was not free")
            return
        }
        #expect(token > 72 + LogRestored.jump)
    }

    @Test("is refused where it moved meanwhile, or where its head is higher than what was seen")
    func moved() throws {
        var scene = Scene()
        try scene.open("a")
        for (head, highest) in [(0, 9), (2, 9), (1, 0)] {
            #expect(throws: Refusal.self) {
                try scene.give(.adopt(Restoration(previousHead: head, highest: highest, by: "root")))
            }
        }
    }

    @Test("lets those who wait have what the dead held, and those who live keep what they hold")
    func sessions() throws {
        var scene = Scene()
        for name in ["dead", "alive", "waits"] { try scene.open(name) }
        try scene.acquire("dead", "/x")
        try scene.acquire("alive", "/y")
        try scene.acquire("waits", "/x")
        let token = try #require(scene.platform.locks.grants(of: SessionID("alive")).first?.token)
        let head = try #require(scene.facts.last?.position)
        try scene.give(.adopt(Restoration(previousHead: head, highest: head, by: "root", ends: [end("dead")])))
        #expect(scene.holds("waits", "/x"))
        #expect(scene.platform.locks.grants(of: SessionID("alive")).first?.token == token)
    }

    @Test(
        "retires runners with their sessions, and ends the attempts of which nothing runs as they are known to have ended"
    )
    func tasks() throws {
        var scene = Scene()
        try scene.register("r")
        for name in ["gone", "over", "runs"] { try scene.queue(name, "/\(name)") }
        let runner = try #require(scene.platform.tasks.runner(on: "h1"))
        let head = try #require(scene.facts.last?.position)
        let attempts = [
            TaskFinished(task: TaskID("gone"), attempt: 1, outcome: .lost, evidence: "e"),
            TaskFinished(task: TaskID("over"), attempt: 1, outcome: .failed, exitCode: 7, evidence: "e"),
            // Of another attempt than the restored log has: passed over.
            TaskFinished(task: TaskID("runs"), attempt: 2, outcome: .lost, evidence: "e"),
        ]
        let mark = scene.facts.count
        try scene.give(
            .adopt(
                Restoration(
                    previousHead: head, highest: head, by: "root", ends: [end(runner.session.text)], attempts: attempts)
            ))
        #expect(scene.platform.tasks.runner(on: "h1") == nil)
        #expect(scene.platform.tasks.unfinished.map(\.id.text) == ["runs"])
        #expect(scene.holds("s-runs", "/runs"))
        #expect(!scene.holds("s-gone", "/gone") && !scene.holds("s-over", "/over"))
        let kinds = scene.kinds(since: mark)
        #expect(kinds.filter { $0 == "task.finished" }.count == 2 && kinds.contains("runner.retired"))
        for fact in scene.facts[mark...] {
            if case .sessionEnded(let data) = fact.event { #expect(data.cause == .restored) }
            if case .runnerRetired(let data) = fact.event { #expect(data.cause == .restored) }
        }
        // Its next runner takes up what still runs.
        try scene.register("r2")
        #expect(scene.platform.tasks.claimed(on: "h1").map(\.id.text) == ["runs"])
    }

    @Test("is not redacted: what is left out before it follows from it")
    func redaction() throws {
        var scene = Scene()
        try scene.open("a")
        try scene.give(.adopt(Restoration(previousHead: 1, highest: 1, by: "root")))
        let position = 1 + LogRestored.jump
        let error = #expect(throws: Refusal.self) {
            try scene.give(.redact(position, by: "root", reason: "why"))
        }
        #expect(error?.code == .wrongState)
    }

    @Test("has its one jump, and no other event may be anywhere but right behind the one before")
    func follows() {
        let other = Event.runnerRetired(RunnerRetired(runner: RunnerID("r"), cause: .stopped))
        #expect(other.mayFollow(4, at: 5) && !other.mayFollow(4, at: 6) && !other.mayFollow(4, at: 2_000_000))
        let restored = Event.logRestored(LogRestored(previousHead: 4, by: "root"))
        #expect(restored.mayFollow(4, at: 1_000_004) && restored.mayFollow(4, at: 9_000_000))
        #expect(!restored.mayFollow(4, at: 1_000_003) && !restored.mayFollow(4, at: 5))
        #expect(!restored.mayFollow(5, at: 2_000_000) && !restored.mayFollow(3, at: 2_000_000))
    }
}
