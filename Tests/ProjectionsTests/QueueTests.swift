import Events
import Projections
import Testing

@Suite("Who goes first")
struct QueueTests {
    @Test("First in, first out: a shared lock does not pass a waiting exclusive one")
    func fairness() throws {
        var scene = Scene()
        #expect(try scene.takes("reader", "s:/a"))
        #expect(try !scene.takes("writer", "x:/"))
        #expect(try !scene.takes("late", "s:/a"))
        try scene.release("reader")
        #expect(scene.holds("writer", "/") && scene.waits("late"))
        try scene.release("writer")
        #expect(scene.holds("late", "/a"))
    }

    @Test("What does not conflict passes")
    func unrelated() throws {
        var scene = Scene()
        #expect(try scene.takes("a", "x:/app/blog"))
        #expect(try !scene.takes("b", "x:/app/blog"))
        #expect(try scene.takes("c", "x:/app/wiki"))
    }

    @Test("A holder's nested request passes one who waits for that holder")
    func nestedRequestPasses() throws {
        var scene = Scene()
        #expect(try scene.takes("holder", "x:/a"))
        #expect(try !scene.takes("all", "x:/"))
        #expect(try scene.takes("nested", "x:/b", under: "holder"))
        #expect(try scene.takes("holder", "x:/c"))
        #expect(try !scene.takes("stranger", "x:/d"))
    }

    @Test("Nobody waits for an earlier request for a slot that lacks more than slots: it lets others have theirs")
    func slotBehindOneThatLacksMore() throws {
        var scene = Scene()
        _ = try scene.give(.configureSlots([try path("/s"): 2], onlyMissing: false))
        #expect(try scene.takes("one", "t:/s"))
        #expect(try scene.takes("holder", "x:/x"))
        #expect(try scene.takes("reader", "s:/b"))
        #expect(try scene.takes("late", "x:/t"))
        #expect(try !scene.takes("child", "x:/t", under: "holder"))
        try scene.open("first")
        try scene.acquire("first", "x:/x", "t:/s")
        try scene.open("second")
        try scene.acquire("second", "x:/b", "t:/s")
        // first waits for holder, whose child waits for late; second waits for reader alone, as one slot is left for it.
        #expect(try !scene.takes("late", "s:/b"))
        try scene.release("reader")
        #expect(scene.holds("second", "/b") && scene.holds("second", "/s") && scene.waits("late"))
    }

    @Test("The exception comes to be later: a waiting request passes when the earlier one starts to wait for it")
    func exceptionLater() throws {
        var scene = Scene()
        #expect(try scene.takes("holder", "x:/h"))
        #expect(try scene.takes("late", "x:/l"))
        try scene.open("early")
        try scene.acquire("early", "x:/h", "x:/x")
        #expect(try !scene.takes("late", "x:/x"), "early waits for holder only")
        let mark = scene.facts.count
        #expect(try !scene.takes("holder", "x:/l"), "from now on early waits for holder, and holder for late")
        #expect(scene.kinds(since: mark) == ["lock.requested", "lock.granted"])
        #expect(scene.holds("late", "/x"))
    }

    @Test("The graph counts earlier requests and children")
    func graph() throws {
        var scene = Scene()
        #expect(try scene.takes("parent", "x:/p"))
        try scene.open("child", under: "parent")
        #expect(try !scene.takes("first", "x:/p"))
        try scene.open("second")
        try scene.acquire("second", "x:/p/q", "x:/z")
        // second waits for first, which waits for parent, which waits for child.
        #expect(try scene.takes("child", "x:/z"))
        #expect(try !scene.takes("stranger", "x:/z"))
    }

    @Test("A grant that follows a release goes to the first in the queue, and to all that fit beside it")
    func batch() throws {
        var scene = Scene()
        #expect(try scene.takes("writer", "x:/a"))
        for name in ["r1", "r2", "r3"] { #expect(try !scene.takes(name, "s:/a")) }
        #expect(try !scene.takes("w2", "x:/a/b"))
        #expect(try !scene.takes("r4", "s:/a/b"))
        try scene.release("writer")
        for name in ["r1", "r2", "r3"] { #expect(scene.holds(name, "/a")) }
        #expect(scene.waits("w2") && scene.waits("r4"))
        for name in ["r1", "r2", "r3"] { try scene.release(name) }
        #expect(scene.holds("w2", "/a/b") && scene.waits("r4"))
    }

    @Test("Busy appends nothing, not even the session")
    func busy() throws {
        var scene = Scene()
        #expect(try scene.takes("a", "x:/a"))
        let before = scene.facts.count
        let reply = try scene.give(
            .acquire(
                Acquisition(
                    holder: .opening(scene.opening("b")), request: RequestID("rb"), locks: [try lock("x:/a")],
                    wait: false)))
        guard case .busy(let blockers) = reply else {
            Issue.record("\(reply)")
            return
        }
        #expect(blockers.map(\.session) == [SessionID("a")] && blockers.map(\.kind) == [.held])
        #expect(scene.facts.count == before)
    }

    @Test("A free request that was not safe is granted when what made it unsafe is withdrawn")
    func safeAgain() throws {
        var scene = Scene()
        #expect(try scene.takes("e", "x:/x"))
        #expect(try scene.takes("d", "x:/y"))
        #expect(try scene.takes("f", "x:/z"))
        #expect(try !scene.takes("a", "x:/x"))
        try scene.acquire("d", "x:/x", "x:/z")
        try scene.acquire("a", "x:/y", as: "late")
        try scene.release("e")
        #expect(!scene.holds("a", "/x"), "d waits for it, and a for d")
        try scene.give(.withdraw(RequestID("late"), cause: .timedOut))
        #expect(scene.holds("a", "/x"))
    }
}
