import Events
import Projections
import Testing

@Suite("Sessions")
struct SessionTests {
    @Test("An end releases and withdraws first, and comes before the grants it allows")
    func order() throws {
        var scene = Scene()
        #expect(try scene.takes("dying", "x:/a"))
        #expect(try scene.takes("other", "x:/b"))
        #expect(try !scene.takes("dying", "x:/b"))
        #expect(try !scene.takes("next", "x:/a"))
        let mark = scene.facts.count
        #expect(try scene.die("dying") == .ended([SessionID("dying")]))
        #expect(scene.kinds(since: mark) == ["lock.released", "lock.withdrawn", "session.ended", "lock.granted"])
        #expect(scene.holds("next", "/a"))
    }

    @Test("A second end of the same session is a no-op")
    func twice() throws {
        var scene = Scene()
        try scene.open("a")
        #expect(try scene.die("a", "a") == .ended([SessionID("a")]))
        let mark = scene.facts.count
        #expect(try scene.die("a", "nobody") == .ended([]))
        #expect(scene.facts.count == mark)
    }

    @Test("Several ends: everything is given back before the first session ends, and that before any grant")
    func severalEnds() throws {
        var scene = Scene()
        #expect(try scene.takes("a", "x:/a"))
        #expect(try scene.takes("b", "x:/b"))
        try scene.open("c")
        try scene.acquire("c", "x:/a", "x:/b")
        let mark = scene.facts.count
        try scene.die("a", "b")
        #expect(
            scene.kinds(since: mark) == [
                "lock.released", "lock.released", "session.ended", "session.ended", "lock.granted",
            ])
    }

    @Test("Children of an ended session live on, and stay related to those above it")
    func orphans() throws {
        var scene = Scene()
        #expect(try scene.takes("top", "x:/a"))
        try scene.open("middle", under: "top")
        try scene.open("low", under: "middle")
        try scene.die("middle")
        #expect(try scene.takes("low", "x:/a"))
        #expect(scene.platform.locks.children(of: SessionID("top")).map(\.id) == [SessionID("low")])
        #expect(
            scene.platform.locks.ancestors(of: SessionID("low")) == [SessionID("middle"), SessionID("top")])
        let restored = try Platform(projections: ["locks": scene.platform.encodeProjection("locks")])
        #expect(restored.locks.ancestors(of: SessionID("low")) == [SessionID("middle"), SessionID("top")])
    }

    @Test("A new session stands under its parent's nearest living recorded ancestor")
    func nearestLiving() throws {
        var scene = Scene()
        try scene.open("top")
        try scene.open("middle", under: "top")
        try scene.open("low", under: "middle")
        try scene.die("middle")
        // Still recorded here, because a descendant lives …
        try scene.open("late", under: "middle")
        #expect(scene.platform.locks.session(SessionID("late"))?.parent == SessionID("top"))
        // … and from the log when it is not.
        try scene.die("low")
        var opening = scene.opening("later", under: "low")
        opening.ancestors = [SessionID("middle"), SessionID("top")]
        try scene.give(.openSession(opening))
        #expect(scene.platform.locks.session(SessionID("later"))?.parent == SessionID("top"))
        try scene.open("lonely", under: "gone")
        #expect(scene.platform.locks.session(SessionID("lonely"))?.parent == nil)
    }

    @Test("A process that already is a living session uses it")
    func sameProcess() throws {
        var scene = Scene()
        var opening = scene.opening("a")
        try scene.give(.openSession(opening))
        opening.session.session = SessionID("again")
        #expect(try scene.give(.openSession(opening)) == .opened(SessionID("a")))
    }

    @Test("A session opened by lock acquire closes with its last lock, request and child")
    func closes() throws {
        var scene = Scene()
        func acquire(_ name: String, _ text: String) throws {
            let opening = scene.opening(name, closes: true)
            try scene.give(
                .acquire(
                    Acquisition(
                        holder: .opening(opening), request: RequestID("r-\(name)"), locks: [try lock(text)],
                        wait: true)))
        }
        try acquire("a", "x:/a")
        try acquire("b", "x:/a")
        try scene.open("child", under: "a")
        try scene.release("a")
        #expect(scene.platform.locks.session(SessionID("a")) != nil, "its child lives")
        let mark = scene.facts.count
        try scene.die("child")
        #expect(scene.kinds(since: mark) == ["session.ended", "session.ended"])
        #expect(scene.holds("b", "/a"))
        try acquire("c", "x:/a")
        try scene.give(.withdraw(RequestID("r-c"), cause: .timedOut))
        #expect(scene.platform.locks.session(SessionID("c")) == nil)
        let before = scene.facts.count
        try scene.release("b")
        #expect(scene.kinds(since: before) == ["lock.released", "session.ended"])
    }

    @Test("Sessions nest to a bound")
    func depth() throws {
        var scene = Scene()
        var parent: String?
        for level in 0..<Platform.maximumNesting {
            try scene.open("s\(level)", under: parent)
            parent = "s\(level)"
        }
        #expect(throws: Refusal.self) { try scene.open("too deep", under: parent) }
    }
}
