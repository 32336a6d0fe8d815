import Events
import Projections
import Testing

@Suite("Deadlocks are refused when they are made")
struct DeadlockTests {
    @Test("A ring of two: the second is refused, by an event, and holds on to what it has")
    func two() throws {
        var scene = Scene()
        try scene.asks("a", "/a")
        try scene.asks("b", "/b")
        #expect(try scene.asks("a", "/b").isQueued)
        let mark = scene.facts.count
        #expect(try scene.asks("b", "/a").cycle?.map(\.words) == ["b holds /b, wants /a", "a holds /a, wants /b"])
        #expect(scene.kinds(since: mark) == ["lock.refused"])
        #expect(scene.holds("b", "/b") && !scene.waits("b"))
        try scene.release("b")
        #expect(scene.holds("a", "/b"))
    }

    @Test("A ring of three, told from the refused one on")
    func three() throws {
        var scene = Scene()
        for name in ["a", "b", "c"] { try scene.asks(name, "/\(name)") }
        #expect(try scene.asks("a", "/b").isQueued)
        #expect(try scene.asks("b", "/c").isQueued)
        #expect(
            try scene.asks("c", "/a").cycle?.map(\.words) == [
                "c holds /c, wants /a", "a holds /a, wants /b", "b holds /b, wants /c",
            ])
    }

    @Test("What the ring tells of each party: who, what it holds since when and why, what it wants since when and why")
    func content() throws {
        var scene = Scene()
        try scene.asks("a", "/a/deep")
        try scene.asks("b", "s:/b")
        try scene.asks("a", "/b/deep")
        guard case .refused(let refused, let position) = try scene.asks("b", "/a") else {
            Issue.record("not refused")
            return
        }
        #expect(position == scene.facts.last?.position && refused.cause == .deadlock)
        #expect(refused.session.text == "b" && refused.task == nil)
        #expect(refused.locks == [try lock("/a")])
        let tokens = ["a", "b"].compactMap { scene.platform.locks.grants(of: SessionID($0)).first }
        let wish = try #require(scene.platform.locks.requests(of: SessionID("a")).first)
        #expect(
            refused.cycle == [
                DeadlockParty(
                    session: SessionID("b"),
                    holder: .init(host: "h1", label: "l", pid: 102, program: "p", user: "root"),
                    holds: .init(
                        lock: try lock("s:/b"), token: tokens[1].token, since: tokens[1].since, reason: "because"),
                    wants: .lock(try lock("/a"), position: position, reason: "because"),
                    since: Timestamp(microseconds: scene.now)),
                DeadlockParty(
                    session: SessionID("a"),
                    holder: .init(host: "h1", label: "l", pid: 101, program: "p", user: "root"),
                    holds: .init(
                        lock: try lock("/a/deep"), token: tokens[0].token, since: tokens[0].since, reason: "because"),
                    wants: .lock(try lock("/b/deep"), position: wish.position, reason: "because"), since: wish.since),
            ])
    }

    @Test("Crossing locks of two parents and their children: a parent waits for its child")
    func nested() throws {
        var scene = Scene()
        try scene.asks("p1", "/a")
        try scene.asks("p2", "/b")
        #expect(try scene.asks("c1", "/b", under: "p1").isQueued)
        // The second child is a session that is still to be opened: it is, and closes.
        let opening = scene.opening("c2", under: "p2")
        let mark = scene.facts.count
        let reply = try scene.judged {
            .acquire(
                Acquisition(
                    holder: .opening(opening), request: RequestID("r"), locks: [try lock("/a")], wait: true, alive: $0))
        }
        #expect(reply.cycle?.map(\.words) == ["p2 holds /b, wants /a", "p1 holds /a, wants /b"])
        #expect(scene.kinds(since: mark) == ["session.opened", "lock.refused", "session.ended"])
        try scene.die("p2")
        #expect(scene.holds("c1", "/b"))
    }

    @Test("Of two shared holders that both want more the second is refused")
    func upgraders() throws {
        var scene = Scene()
        try scene.asks("a", "s:/a")
        try scene.asks("b", "s:/a")
        #expect(try scene.asks("a", "x:/a").isQueued)
        #expect(
            try scene.asks("b", "x:/a").cycle?.map(\.words)
                == ["b holds /a (shared), wants /a", "a holds /a (shared), wants /a"])
        try scene.release("b")
        #expect(scene.platform.locks.grants(of: SessionID("a")).count == 2)
    }

    @Test("A slot is given by any of its holders: refused only when each of them waits for the asker")
    func slots() throws {
        var scene = Scene()
        try scene.slots("/s", 2)
        try scene.asks("a", "t:/s")
        try scene.asks("b", "t:/s")
        try scene.asks("c", "/c")
        #expect(try scene.asks("a", "/c").isQueued)
        #expect(try scene.asks("c", "t:/s").isQueued, "b may end")
        #expect(
            try scene.asks("b", "/c").cycle?.map(\.words) == [
                "b holds /s (slot), wants /c", "c holds /c, wants /s (slot)",
            ])
        try scene.release("b")
        #expect(scene.platform.locks.grants(of: SessionID("c")).count == 2)
    }

    @Test("Mere order in the queue is no deadlock: whoever is waited for passes")
    func order() throws {
        var scene = Scene()
        try scene.asks("reader", "s:/a")
        try scene.asks("other", "/c")
        #expect(try scene.asks("writer", "/a").isQueued)
        #expect(try scene.asks("other", "s:/a").isQueued, "behind the writer")
        #expect(try scene.asks("reader", "/c").isQueued)
        #expect(scene.platform.locks.grants(of: SessionID("other")).count == 2)
    }

    @Test("Nobody is refused before every party is known to live, and a dead one is no party")
    func alive() throws {
        var scene = Scene()
        try scene.asks("a", "/a")
        try scene.asks("b", "/b")
        try scene.asks("a", "/b")
        let mark = scene.facts.count
        #expect(try scene.acquire("b", "/a", as: "r") == .deadlock(with: [SessionID("a")]))
        #expect(scene.facts.count == mark)
        try scene.die("a")
        guard case .granted = try scene.acquire("b", "/a", as: "r") else {
            Issue.record("not granted")
            return
        }
    }

    @Test("A try-lock is busy and appends nothing, also where waiting would be refused")
    func busy() throws {
        var scene = Scene()
        try scene.asks("a", "/a")
        try scene.asks("b", "/b")
        try scene.asks("a", "/b")
        let mark = scene.facts.count
        guard case .busy = try scene.acquire("b", "/a", wait: false) else {
            Issue.record("not busy")
            return
        }
        #expect(scene.facts.count == mark)
    }

    @Test("A grant after which nobody would get through is not made yet; it is made when it does no harm")
    func unsafeGrant() throws {
        var scene = Scene()
        try scene.asks("holder", "/x")
        try scene.asks("q", "/h")
        try scene.open("p")
        #expect(try scene.asks("p", "/x").isQueued)
        #expect(try scene.asks("child", "/h", under: "p").isQueued)
        #expect(try scene.asks("q", "/x").isQueued)
        try scene.release("holder")
        #expect(scene.holds("q", "/x"), "p could not end with /x: its child waits for q, and q for /x")
        #expect(scene.waits("p"))
        try scene.release("q")
        #expect(scene.holds("p", "/x"), "q ends with /h, which nobody waits for in vain")
        try scene.die("q")
        #expect(scene.holds("child", "/h"))
    }

    @Test("What came to be in vain when slots became fewer is refused when its waiter asks again")
    func reconsidered() throws {
        var scene = Scene()
        try scene.slots("/s", 2)
        try scene.asks("a", "t:/s")
        try scene.asks("b", "t:/s")
        try scene.asks("c", "/c")
        #expect(try scene.asks("a", "/c").isQueued)
        #expect(try scene.asks("c", "t:/s").isQueued)
        let wish = try #require(scene.platform.locks.requests(of: SessionID("c")).first)
        #expect(!scene.platform.locks.waitsForEver(wish))
        #expect(try scene.judged { .reconsider(wish.id, alive: $0) }.isQueued)
        try scene.slots("/s", 1)
        #expect(scene.platform.locks.waitsForEver(wish), "b's end is not enough any more")
        let mark = scene.facts.count
        #expect(try scene.give(.reconsider(wish.id, alive: [])) == .deadlock(with: [SessionID("a")]))
        #expect(
            try scene.judged { .reconsider(wish.id, alive: $0) }.cycle?.map(\.words)
                == ["c holds /c, wants /s (slot)", "a holds /s (slot), wants /c"])
        #expect(scene.kinds(since: mark) == ["lock.refused"])
        #expect(!scene.waits("c"))
        let other = try #require(scene.platform.locks.requests(of: SessionID("a")).first)
        #expect(!scene.platform.locks.waitsForEver(other), "one refusal is enough")
        #expect(throws: Refusal.self) { try scene.give(.reconsider(wish.id, alive: [])) }
    }

    @Test("Granted meanwhile, the token is the answer to the asking again")
    func grantedMeanwhile() throws {
        var scene = Scene()
        try scene.asks("a", "/a")
        guard let grant = scene.platform.locks.grants(of: SessionID("a")).first else { return }
        let reply = try scene.give(.reconsider(grant.request, alive: []))
        #expect(reply == .granted(token: grant.token, session: SessionID("a"), locks: grant.locks))
    }
}
