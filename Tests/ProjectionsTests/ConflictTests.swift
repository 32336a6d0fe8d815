import Events
import Projections
import Testing

@Suite("Which locks conflict")
struct ConflictTests {
    static let paths = ["/", "/app", "/app/blog", "/app/blog/db", "/app/blogger", "/type", "/type/backup"]

    static func overlap(_ one: String, _ other: String) -> Bool {
        if one == other || one == "/" || other == "/" { return true }
        return one.hasPrefix(other + "/") || other.hasPrefix(one + "/")
    }

    @Test("Every pair of paths and modes", arguments: paths, paths)
    func pairs(_ first: String, _ second: String) throws {
        for (one, other) in [("x", "x"), ("x", "s"), ("s", "x"), ("s", "s")] {
            var scene = Scene()
            #expect(try scene.takes("a", "\(one):\(first)"))
            let conflicts = Self.overlap(first, second) && (one, other) != ("s", "s")
            #expect(try scene.takes("b", "\(other):\(second)") == !conflicts, "\(one) \(first), \(other) \(second)")
        }
    }

    @Test("A set is granted all at once or queued as one")
    func sets() throws {
        var scene = Scene()
        for name in ["a", "b", "c"] { try scene.open(name) }
        try scene.acquire("a", "x:/one")
        #expect(try scene.acquire("b", "x:/one", "x:/two") == .queued(session: SessionID("b")))
        #expect(!scene.holds("b", "/two"))
        try scene.release("a")
        #expect(scene.holds("b", "/one") && scene.holds("b", "/two"))
    }

    @Test("A set has one form: sorted, each path once, exclusive wins")
    func canonical() throws {
        let wanted = try ["s:/b", "x:/a", "x:/b", "s:/b", "s:/c", "s:/c"].map(lock)
        #expect(wanted.canonicalized == [try lock("x:/a"), try lock("x:/b"), try lock("s:/c")])
    }

    @Test("A session never conflicts with itself, its ancestors or its descendants; siblings do")
    func nesting() throws {
        var scene = Scene()
        #expect(try scene.takes("parent", "x:/a"))
        #expect(try scene.takes("parent", "x:/a/b"))
        #expect(try scene.takes("child", "x:/a", under: "parent"))
        #expect(try scene.takes("grandchild", "x:/", under: "child"))
        #expect(try scene.takes("parent", "x:/"))
        #expect(try !scene.takes("sibling", "x:/a", under: "parent"))
    }
}
