import Events
import Projections
import Testing

@Suite("What is done to grants that stand")
struct GrantTests {
    func code(_ body: () throws -> Void) -> Refusal.Code? {
        do { try body() } catch { return (error as? Refusal)?.code }
        return nil
    }

    func token(_ scene: Scene, _ name: String) throws -> Position {
        try #require(scene.platform.locks.grants(of: SessionID(name)).last?.token)
    }

    @Test("Downgraded, a lock lets in the shared ones that are first, and its token stands")
    func downgrade() throws {
        var scene = Scene()
        try scene.open("holder")
        try scene.acquire("holder", "x:/a", "x:/b")
        let token = try token(scene, "holder")
        for name in ["r1", "r2"] { #expect(try !scene.takes(name, "s:/a")) }
        #expect(try !scene.takes("writer", "x:/a"))
        #expect(try !scene.takes("r3", "s:/a"))
        let mark = scene.facts.count
        #expect(try scene.give(.downgrade(token: token, path: try path("/a"))) == .downgraded)
        #expect(scene.kinds(since: mark) == ["lock.downgraded", "lock.granted", "lock.granted"])
        #expect(scene.holds("r1", "/a") && scene.holds("r2", "/a"))
        #expect(scene.waits("writer") && scene.waits("r3"), "the writer is before r3")
        let below = try path("/a/below")
        #expect(scene.platform.locks.stands(token, on: below))
        #expect(
            scene.platform.locks.grants(of: SessionID("holder")).first?.locks
                == [try lock("s:/a"), try lock("x:/b")])
        try scene.give(.release(token: token))
        for name in ["r1", "r2"] { try scene.release(name) }
        #expect(scene.holds("writer", "/a"))
    }

    @Test("Downgraded twice is fine and appends nothing; a shared lock stays one")
    func twice() throws {
        var scene = Scene()
        #expect(try scene.takes("a", "x:/a"))
        #expect(try scene.takes("b", "s:/b"))
        let down = Platform.Command.downgrade(token: try token(scene, "a"), path: try path("/a"))
        try scene.give(down)
        let mark = scene.facts.count
        #expect(try scene.give(down) == .downgraded)
        #expect(
            try scene.give(.downgrade(token: try token(scene, "b"), path: try path("/b"))) == .downgraded)
        #expect(scene.facts.count == mark)
    }

    @Test("Neither a slot, nor a path that the grant does not name, nor a token that does not stand is downgraded")
    func notDowngraded() throws {
        var scene = Scene()
        try scene.slots("/s", 1)
        #expect(try scene.takes("a", "x:/a"))
        #expect(try scene.takes("b", "t:/s"))
        let (a, b) = (try token(scene, "a"), try token(scene, "b"))
        #expect(code { try scene.give(.downgrade(token: b, path: try path("/s"))) } == .wrongState)
        #expect(code { try scene.give(.downgrade(token: a, path: try path("/a/below"))) } == .noSuchToken)
        #expect(code { try scene.give(.downgrade(token: a + 100, path: try path("/a"))) } == .noSuchToken)
    }

    @Test("Broken, the whole grant ends whoever holds it, the next gets in, and a later check fails")
    func broken() throws {
        var scene = Scene()
        try scene.open("holder")
        try scene.acquire("holder", "x:/a", "s:/b")
        let token = try token(scene, "holder")
        #expect(try !scene.takes("next", "x:/a"))
        let mark = scene.facts.count
        let reply = try scene.give(.breakGrant(token: token, path: try path("/b"), by: "ada", reason: "it hangs"))
        #expect(reply == .broken)
        #expect(scene.kinds(since: mark) == ["lock.released", "lock.granted"])
        guard case .lockReleased(let data) = scene.facts[mark].event else { return }
        #expect(data.cause == .broken && data.by == "ada" && data.reason == "it hangs")
        #expect(data.locks == [try lock("x:/a"), try lock("s:/b")])
        let whole = try path("/a")
        #expect(!scene.platform.locks.stands(token, on: whole))
        #expect(scene.platform.locks.session(SessionID("holder")) != nil, "its process was not touched")
        #expect(code { try scene.give(.release(token: token)) } == .noSuchToken)
    }

    @Test("Breaking needs a reason, and a grant that stands for that path")
    func notBroken() throws {
        var scene = Scene()
        #expect(try scene.takes("a", "x:/a"))
        let token = try token(scene, "a")
        func breaking(_ token: Position, _ text: String, _ reason: String) -> Refusal.Code? {
            code { try scene.give(.breakGrant(token: token, path: try path(text), by: "ada", reason: reason)) }
        }
        #expect(breaking(token, "/a", "") == .invalid)
        #expect(breaking(token, "/a", String(repeating: "x", count: Platform.maximumText + 1)) == .invalid)
        #expect(breaking(token, "/a/below", "r") == .noSuchToken)
        #expect(breaking(token + 1, "/a", "r") == .noSuchToken)
        #expect(scene.holds("a", "/a"))
    }

    @Test("A session opened to hold just this closes when it is broken")
    func closes() throws {
        var scene = Scene()
        try scene.open("a", closes: true)
        try scene.acquire("a", "x:/a")
        let mark = scene.facts.count
        try scene.give(.breakGrant(token: try token(scene, "a"), path: try path("/a"), by: "ada", reason: "r"))
        #expect(scene.kinds(since: mark) == ["lock.released", "session.ended"])
    }

    @Test("History tells of what was refused and downgraded, and who broke what and why")
    func history() throws {
        var scene = Scene()
        #expect(try scene.takes("a", "x:/a"))
        #expect(try scene.takes("b", "x:/b"))
        try scene.asks("a", "x:/b")
        #expect(try scene.asks("b", "x:/a").cycle != nil)
        try scene.give(.downgrade(token: try token(scene, "b"), path: try path("/b")))
        try scene.give(.breakGrant(token: try token(scene, "b"), path: try path("/b"), by: "ada", reason: "it hangs"))
        var history = LockHistory()
        let rows = scene.facts.compactMap { history.fold($0) }
        let names = rows.map { "\($0.session) \($0.change.rawValue) \($0.locks.map(\.path.text).joined())" }
        #expect(
            names.suffix(5) == [
                "a requested /b", "b refused /a", "b downgraded /b", "b released /b", "a granted /b",
            ])
        let refused = try #require(rows.first { $0.change == .refused })
        #expect(refused.cause == "deadlock" && refused.reason == "because" && refused.waited == nil)
        #expect(refused.request != nil && refused.token == nil)
        let downgraded = try #require(rows.first { $0.change == .downgraded })
        #expect(downgraded.locks == [try lock("s:/b")])
        #expect(downgraded.held == 4_000_000)
        #expect(downgraded.reason == "because" && downgraded.token != nil)
        let broken = try #require(rows.first { $0.cause == "broken" })
        #expect(broken.by == "ada" && broken.reason == "it hangs")
        #expect(broken.locks == [try lock("s:/b")])
    }
}
