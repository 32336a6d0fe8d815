import Events
import Projections
import Testing

@Suite("Who waits for whom")
struct WaitChainTests {
    /// `a -> b -> c`, with what each of the later ones holds.
    func words(_ chain: [WaitLink]) -> String {
        chain.map { "\($0.session.id)" + ($0.holds.map { " \($0.lock.path)" } ?? "") }.joined(separator: " -> ")
    }

    @Test("From a session to the one at the end, who waits for nothing")
    func session() throws {
        var scene = Scene()
        try scene.asks("a", "/a")
        try scene.asks("b", "/b")
        try scene.asks("c", "/c")
        try scene.asks("a", "/b")
        try scene.asks("b", "/c")
        let chain = scene.platform.chain(from: SessionID("a"))
        #expect(words(chain) == "a -> b /b -> c /c")
        #expect(chain.map(\.isLast) == [false, false, true])
        #expect(chain[0].behind.map(\.path.text) == ["/b"] && chain[0].reason == "because" && chain[0].since != nil)
        #expect(words(scene.platform.chain(from: SessionID("nobody"))) == "")
    }

    @Test("From a path to each who holds something there, or else to the first who waits for it")
    func paths() throws {
        var scene = Scene()
        try scene.asks("a", "/x/a")
        try scene.asks("b", "/x/b")
        try scene.asks("all", "/x")
        try scene.asks("late", "/x/c")
        func words(_ text: String) throws -> [String] {
            scene.platform.chains(from: try path(text)).map { self.words($0) }
        }
        #expect(try words("/x") == ["a /x/a", "b /x/b"])
        #expect(try words("/x/b/deep") == ["b /x/b"])
        #expect(try words("/x/c") == ["all -> a /x/a"])
        #expect(try words("/elsewhere") == [])
    }

    @Test("Through tasks and children, and to a task whose time has not come or that nobody could start")
    func tasks() throws {
        var scene = Scene()
        try scene.asks("a", "/a")
        try scene.queue("t", "/t")
        try scene.awaits("a", "t")
        #expect(words(scene.platform.chain(from: SessionID("a"))) == "a -> s-t")
        #expect(scene.platform.chain(from: SessionID("s-t")).first?.lacksRunner == true)
        try scene.register("r")
        try scene.start("t", by: "r")
        #expect(scene.platform.chain(from: SessionID("s-t")).first?.lacksRunner == false)
        try scene.asks("z", "/z")
        try scene.asks("child", "/z", under: "s-t")
        let chain = scene.platform.chain(from: SessionID("a"))
        #expect(words(chain) == "a -> s-t -> child -> z /z")
        #expect(chain[0].task?.text == "t" && chain[1].child?.text == "child" && chain[1].record != nil)
        try scene.queue("later", "/l", notBefore: .max / 2)
        try scene.awaits("z", "later")
        #expect(scene.platform.chain(from: SessionID("z")).map(\.task?.text) == ["later"])
    }
}
