import Events
import Testing

@testable import Projections

@Suite("Locks taken in both orders")
struct LockOrderTests {
    /// Each inversion as `/a>/b 2x1@3:4 …`: what is held and wanted, how often by how many, first token and position.
    private func told(_ scene: Scene, since: Int? = nil) -> [String] {
        inversions(scene.facts, since: since).found.map { inversion in
            inversion.orders.map { order in
                "\(order.holds.path)>\(order.wants.path) \(order.count)x\(order.sessions)"
                    + "@\(order.first.token):\(order.first.position)"
            }.joined(separator: " ")
        }
    }

    private func inversions(_ facts: [Fact], since: Int? = nil) -> Inversions {
        var orders = LockOrders(since: since.map(Timestamp.init(microseconds:)))
        for fact in facts { orders.fold(fact) }
        return orders.inversions()
    }

    @Test("by two sessions are found, with the positions that prove it")
    func both() throws {
        var scene = Scene()
        try scene.takes("a", inTurn: "x:/app/blog", "x:/type/backup")
        try scene.takes("b", inTurn: "x:/type/backup", "x:/app/blog")
        let found = inversions(scene.facts).found
        #expect(found.map(\.paths) == [[try path("/app/blog"), try path("/type/backup")]])
        let orders = try #require(found.first?.orders)
        #expect(told(scene) == ["/app/blog>/type/backup 1x1@3:4 /type/backup>/app/blog 1x1@11:12"])
        #expect(orders.map(\.first) == orders.map(\.last))
        #expect(orders.map(\.first.session.text) == ["a", "b"] && orders[0].first.holder?.pid == 101)
        #expect(orders[0].first.at == scene.facts[3].at)
    }

    @Test("by one session, or by one and its descendant, are silent; by two siblings they are not")
    func related() throws {
        var scene = Scene()
        try scene.open("p")
        try scene.takes("p", inTurn: "x:/a", "x:/b", dies: false)
        try scene.takes("p", inTurn: "x:/b", "x:/a", dies: false)
        try scene.takes("c", under: "p", inTurn: "x:/b", "x:/a")
        #expect(told(scene).isEmpty)
        try scene.takes("d", under: "p", inTurn: "x:/a", "x:/b")
        #expect(told(scene).count == 1)
    }

    @Test("are counted: how often, by how many, first and last")
    func counts() throws {
        var scene = Scene()
        try scene.open("a")
        for _ in 0..<2 { try scene.takes("a", inTurn: "x:/a", "x:/b", dies: false) }
        try scene.takes("b", inTurn: "x:/a", "x:/b")
        let last = try #require(scene.facts.last { $0.event.kind == .lockRequested })
        try scene.takes("c", inTurn: "x:/b", "x:/a")
        let order = try #require(inversions(scene.facts).found.first?.orders.first)
        #expect(order.count == 3 && order.sessions == 2)
        #expect(order.first.session.text == "a" && order.first.token == 3 && order.first.position == 4)
        #expect(order.last.session.text == "b" && order.last.position == last.position && order.last.at == last.at)
    }

    @Test(
        "under an exclusive lock that both hold, or one above the other, are silent; under one they share they are not",
        arguments: [
            ("x:/outer", "x:/outer", true), ("s:/outer", "s:/outer", false), ("x:/outer", "x:/outer/below", true),
            ("x:/outer", "s:/outer", true), ("x:/outer", "x:/other", false),
        ])
    func outer(one: String, other: String, isSilent: Bool) throws {
        var scene = Scene()
        try scene.takes("a", inTurn: one, "x:/a", "x:/b")
        try scene.takes("b", inTurn: other, "x:/b", "x:/a")
        #expect(told(scene).isEmpty == isSilent)
    }

    @Test("are silent where what else they held keeps them apart, until somebody comes without it")
    func guards() throws {
        var scene = Scene()
        try scene.takes("a", inTurn: "x:/a", "x:/c", "x:/b")
        try scene.takes("b", inTurn: "x:/b", "x:/c", "x:/a")
        let words = { (scene: Scene) in told(scene).map { $0.split(separator: " ").filter { $0.hasPrefix("/") } } }
        #expect(words(scene) == [["/a>/c", "/c>/a"], ["/b>/c", "/c>/b"]])
        try scene.takes("d", inTurn: "x:/b", "x:/a")
        #expect(words(scene).contains(["/a>/b", "/b>/a"]))
    }

    @Test(
        "are silent where the modes do not conflict",
        arguments: [
            (["s:/a", "s:/b"], ["s:/b", "s:/a"], true), (["s:/a", "x:/b"], ["s:/b", "s:/a"], true),
            (["s:/a", "x:/b"], ["x:/b", "s:/a"], true), (["x:/a", "x:/b"], ["s:/b", "s:/a"], false),
            (["s:/a", "x:/b"], ["s:/b", "x:/a"], false), (["t:/s", "x:/b"], ["x:/b", "t:/s"], true),
            (["t:/s", "x:/b"], ["x:/b", "x:/s"], false), (["x:/s", "x:/b"], ["x:/b", "t:/s"], false),
        ])
    func modes(one: [String], other: [String], isSilent: Bool) throws {
        var scene = Scene()
        try scene.give(.configureSlots([try path("/s"): 1], onlyMissing: true))
        try scene.takes("a", inTurn: one[0], one[1])
        try scene.takes("b", inTurn: other[0], other[1])
        #expect(told(scene).isEmpty == isSilent)
    }

    @Test("are found where one path contains the other, also /")
    func containing() throws {
        var scene = Scene()
        try scene.takes("a", inTurn: "x:/mail", "x:/")
        try scene.takes("b", inTurn: "x:/app/blog", "x:/mail/box")
        #expect(told(scene) == ["/app/blog>/mail/box 1x1@11:12 /mail>/ 1x1@3:4"])
        var covered = Scene()
        try covered.takes("a", inTurn: "x:/", "x:/app/blog")
        try covered.takes("b", inTurn: "x:/app/blog", "x:/")
        #expect(told(covered).isEmpty, "who holds / waits for nobody on /app/blog")
    }

    @Test("of three are a ring; one that has a shorter one inside is not told")
    func ring() throws {
        var scene = Scene()
        try scene.takes("a", inTurn: "x:/a", "x:/b")
        try scene.takes("b", inTurn: "x:/b", "x:/c")
        #expect(told(scene).isEmpty)
        try scene.takes("c", inTurn: "x:/c", "x:/a")
        #expect(told(scene) == ["/a>/b 1x1@3:4 /b>/c 1x1@11:12 /c>/a 1x1@19:20"])
        try scene.takes("d", inTurn: "x:/b", "x:/a")
        #expect(inversions(scene.facts).found.map(\.orders.count) == [2, 3], "each is one for itself")
        var global = Scene()
        try global.takes("a", inTurn: "x:/a", "x:/b")
        try global.takes("b", inTurn: "x:/b", "x:/c")
        try global.takes("c", inTurn: "x:/c", "x:/")
        #expect(told(global) == ["/b>/c 1x1@11:12 /c>/ 1x1@19:20"], "who waits for / may wait for the second already")
        var early = Scene()
        try early.takes("a", inTurn: "x:/a", "x:/")
        try early.takes("b", inTurn: "x:/b", "x:/c")
        try early.takes("c", inTurn: "x:/c", "x:/a")
        #expect(told(early) == ["/a>/ 1x1@3:4 /c>/a 1x1@19:20"], "who waits for / may wait for the last already")
    }

    @Test("of more with one that leads to itself are not told beside that one")
    func loopInside() throws {
        var scene = Scene()
        for name in ["a", "b"] { try scene.takes(name, inTurn: "s:/a", "x:/a") }
        try scene.takes("c", inTurn: "s:/a/1", "x:/c")
        try scene.takes("d", inTurn: "x:/c", "x:/a/2")
        #expect(told(scene) == ["/a>/a 2x2@3:4"])
    }

    @Test("by locks of one request are none")
    func sets() throws {
        var scene = Scene()
        try scene.open("a")
        try scene.acquire("a", "x:/a", "x:/b")
        try scene.die("a")
        try scene.takes("b", inTurn: "x:/b", "x:/a")
        #expect(told(scene).isEmpty)
    }

    @Test("are found where the parent holds and the child asks")
    func parent() throws {
        var scene = Scene()
        try scene.open("p")
        try scene.acquire("p", "x:/a")
        try scene.takes("c", under: "p", inTurn: "x:/b")
        try scene.die("p")
        try scene.takes("o", inTurn: "x:/b", "x:/a")
        #expect(told(scene).count == 1)
        let proof = try #require(inversions(scene.facts).found.first?.orders.first?.first)
        #expect(proof.session.text == "c" && proof.token == 3 && proof.position == 5)
    }

    @Test("are found where a task holds and a process of it asks")
    func task() throws {
        var scene = Scene()
        try scene.register("r")
        try scene.queue("t", "x:/a")
        try scene.start("t", by: "r")
        try scene.takes("c", under: "s-t", inTurn: "x:/b")
        try scene.takes("o", inTurn: "x:/b", "x:/a")
        let proof = try #require(inversions(scene.facts).found.first?.orders.first?.first)
        #expect(proof.session.text == "c" && proof.holder?.program == "p")
        try scene.acquire("s-t", "x:/b")
        let last = try #require(inversions(scene.facts).found.first?.orders.first?.last)
        #expect(last.session.text == "s-t" && last.holder?.task?.text == "t" && last.holder?.pid != nil)
    }

    @Test("where the child holds and the parent asks are none: the child waits for nobody")
    func child() throws {
        var scene = Scene()
        try scene.open("p")
        try scene.open("c", under: "p")
        try scene.acquire("c", "x:/a")
        try scene.acquire("p", "x:/b")
        try scene.die("p", "c")
        try scene.takes("o", inTurn: "x:/b", "x:/a")
        #expect(told(scene).isEmpty)
    }

    @Test("count as what was held is after a downgrade", arguments: [true, false])
    func downgrade(isDowngraded: Bool) throws {
        var scene = Scene()
        try scene.open("a")
        try scene.acquire("a", "x:/a")
        if isDowngraded { try scene.give(.downgrade(token: 3, path: try path("/a"))) }
        try scene.acquire("a", "x:/b")
        try scene.die("a")
        try scene.takes("b", inTurn: "x:/b", "s:/a")
        #expect(told(scene).isEmpty == isDowngraded)
    }

    @Test("are proven by a request that was withdrawn or refused too")
    func refused() throws {
        var scene = Scene()
        try scene.asks("a", "x:/a")
        try scene.asks("b", "x:/b")
        try scene.acquire("a", "x:/b", as: "queued")
        try scene.asks("b", "x:/a")
        let refusal = try #require(scene.facts.last)
        #expect(refusal.event.kind == .lockRefused)
        try scene.give(.withdraw(RequestID("queued"), cause: .cancelled))
        #expect(told(scene) == ["/a>/b 1x1@3:7 /b>/a 1x1@6:\(refusal.position)"])
    }

    @Test("of shared holders that want it exclusively meet in one order that leads to itself")
    func upgrade() throws {
        var scene = Scene()
        try scene.takes("a", inTurn: "s:/a", "x:/a")
        #expect(told(scene).isEmpty)
        try scene.takes("b", inTurn: "s:/a", "x:/a")
        #expect(told(scene) == ["/a>/a 2x2@3:4"])
        #expect(inversions(scene.facts).found.first?.paths == [try path("/a")])
    }

    @Test("count from a time on")
    func since() throws {
        var scene = Scene()
        try scene.takes("a", inTurn: "x:/a", "x:/b")
        let middle = scene.now + 1
        try scene.open("c")
        try scene.acquire("c", "x:/a")
        let late = scene.now + 1
        try scene.acquire("c", "x:/b")
        try scene.die("c")
        try scene.takes("b", inTurn: "x:/b", "x:/a")
        #expect(told(scene).first?.hasPrefix("/a>/b 2x2@3:4") == true)
        #expect(told(scene, since: middle).first?.hasPrefix("/a>/b 1x1@") == true)
        #expect(told(scene, since: late).count == 1, "what was held before still counts as held")
        #expect(told(scene, since: scene.now).isEmpty)
    }

    @Test("of many: the shortest first, then the most frequent")
    func sorted() throws {
        var scene = Scene()
        for (name, locks) in [
            ("a", "ab"), ("b", "bc"), ("c", "ca"), ("d", "de"), ("e", "ed"), ("f", "fg"), ("g", "gf"),
        ] {
            for time in 0..<(name >= "f" ? 2 : 1) {
                try scene.takes("\(name)\(time)", inTurn: "x:/\(locks.prefix(1))", "x:/\(locks.suffix(1))")
            }
        }
        #expect(
            inversions(scene.facts).found.map { $0.paths.map(\.text) } == [
                ["/f", "/g"], ["/d", "/e"], ["/a", "/b", "/c"],
            ])
    }

    @Test("show programs and labels to administrators only; unknown is absent", arguments: Role.allCases)
    func views(role: Role) throws {
        var scene = Scene()
        try scene.takes("a", inTurn: "x:/a", "x:/b")
        try scene.takes("b", inTurn: "x:/b", "x:/a")
        let text = view(of: inversions(scene.facts).found, for: Viewer(role: role, name: nil, operates: [])).text
        let sees = role == .owner || role == .admin
        #expect(text.contains("program") == sees && text.contains("label") == sees)
        let names = sees ? #","program":"p","label":"l""# : ""
        let proof =
            #"{"session":"a","token":3,"position":4,"at":"1970-01-01T00:00:03.000000Z","#
            + #""holder":{"host":"h1","pid":101,"user":"root"\#(names)}}"#
        #expect(
            text.hasPrefix(
                #"[{"paths":["/a","/b"],"orders":[{"holds":{"path":"/a","mode":"exclusive"},"#
                    + #""wants":{"path":"/b","mode":"exclusive"},"count":1,"sessions":1,"first":\#(proof),"#
                    + #""last":\#(proof)},"#))
    }
}

extension Scene {
    /// Opens the session unless it lives, asks for one lock after the other, and gives all back.
    mutating func takes(
        _ name: String, under parent: String? = nil, inTurn wanted: String..., dies: Bool = true
    ) throws {
        if platform.locks.session(SessionID(name)) == nil { try open(name, under: parent) }
        for lock in wanted { try acquire(name, lock) }
        if dies { try die(name) } else { for _ in wanted { try release(name) } }
    }
}
