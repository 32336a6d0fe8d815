import Events
import Projections
import Testing

@Suite("A walk through the history")
struct ReplayTests {
    private func steps(_ scene: Scene) throws -> [ReplayStep] {
        var replay = Replay()
        return try scene.facts.map { try replay.step($0) }
    }

    @Test("tells of each event what it changed, by the names of those concerned")
    func differences() throws {
        var scene = Scene()
        try scene.asks("a", "/a")
        try scene.asks("b", "/a")
        try scene.release("a")
        let lines = try steps(scene).map(\.difference)
        #expect(lines.contains("l, pid 101 of root asks for /a (because)"))
        #expect(lines.contains("l, pid 101 of root holds /a, token 3"))
        #expect(lines.contains("l, pid 102 of root asks for /a: l, pid 101 of root holds /a (because)"))
        #expect(lines.contains { $0.hasPrefix("l, pid 101 of root holds no more /a, token 3 after ") })
        #expect(lines.last?.hasPrefix("l, pid 102 of root holds /a, token ") == true)
        #expect(lines.last?.hasSuffix(" after 1.0 s") == true)
    }

    @Test("says something of every type of event, in one line")
    func everyKind() throws {
        var seen: Set<Event.Kind> = []
        for scene in [try Scene.two(), try Scene.ring(), try Scene.task()] {
            for step in try steps(scene) {
                #expect(!step.difference.isEmpty && !step.difference.contains("\n"), "\(step)")
                seen.insert(step.kind)
            }
        }
        #expect(seen.isSuperset(of: [.lockRefused, .slotsConfigured, .sessionOpened, .lockReleased]))
    }

    @Test("can be narrowed to a path, a session or a task")
    func filters() throws {
        let scene = try Scene.ring()
        let steps = try steps(scene)
        func positions(_ filter: ReplayFilter) -> [Position] {
            steps.filter { filter.lets($0.subject) }.map(\.position)
        }
        let path = try #require(LockPath("/a"))
        let below = try #require(LockPath("/a/deep/below/that"))
        #expect(!positions(.path(path)).isEmpty && positions(.path(path)) == positions(.path(below)))
        #expect(positions(.path(.root)).count > positions(.path(path)).count)
        for step in steps where positions(.session(SessionID("one"))).contains(step.position) {
            #expect(step.subject.sessions.contains(SessionID("one")))
        }
        // The refusal is about each of its parties.
        let refusal = try #require(steps.last { $0.kind == .lockRefused })
        for name in ["one", "three", "four", "five"] {
            #expect(positions(.session(SessionID(name))).contains(refusal.position), "\(name)")
        }
        #expect(positions(.task(TaskID("none"))).isEmpty)
    }

    @Test("comes to the state that the fold comes to")
    func fold() throws {
        let scene = try Scene.ring()
        var replay = Replay()
        for (index, fact) in scene.facts.enumerated() {
            if index.isMultiple(of: 2) { _ = try replay.step(fact) } else { try replay.pass(fact) }
        }
        for name in Platform.projectionNames {
            #expect(replay.platform.encodeProjection(name) == scene.platform.encodeProjection(name))
        }
    }

    @Test("a history that today's rules do not allow is told with its position")
    func impossible() throws {
        var facts = try Scene.two().facts
        facts[2].event = .lockGranted(
            LockGranted(request: RequestID("none"), session: SessionID("backup"), locks: [Lock(.root, .exclusive)]))
        var replay = Replay()
        let error = #expect(throws: HistoryError.self) { for fact in facts { _ = try replay.step(fact) } }
        #expect(error?.position == facts[2].position)
    }
}
