import Events
import Projections
import Testing

@Suite("A summary of lock history")
struct LockSummaryTests {
    private func summary(_ scene: Scene, limit: Int = 10, on path: LockPath? = nil) -> LockSummary {
        var history = LockHistory()
        var totals = LockTotals(limit: limit, on: path)
        for fact in scene.facts {
            guard let row = history.fold(fact), path.map(row.touches) ?? true else { continue }
            totals.fold(row)
        }
        return totals.summary(at: scene.facts.last?.at ?? Timestamp(microseconds: 0))
    }

    /// a holds /a for 7 s; b waits 3 s for /a and /b, c 2 s for /a until it gives up; d waits for /b at the end.
    private func scene() throws -> Scene {
        var scene = Scene()
        for name in ["a", "b", "c", "d"] { try scene.open(name) }
        try scene.acquire("a", "x:/a", as: "ra")
        scene.now += 2_000_000
        try scene.acquire("b", "x:/a", "x:/b", as: "rb")
        try scene.acquire("c", "s:/a", as: "rc")
        try scene.give(.withdraw(RequestID("rc"), cause: .timedOut))
        try scene.release("a")
        try scene.acquire("d", "x:/b", as: "rd")
        try scene.acquire("c", "x:/else", as: "re")
        return scene
    }

    @Test("tells how many were granted at once, and who waited how long for what, the longest first")
    func waits() throws {
        let summary = try summary(scene())
        #expect(summary.requests == 5 && summary.atOnce == 2)
        #expect(summary.waits.map(\.request.text) == ["rb", "rc", "rd"])
        #expect(summary.waits.map(\.waited) == [3_000_000, 1_000_000, 1_000_000])
        #expect(summary.waits.map(\.end) == [.granted, .withdrawn, .waiting])
        #expect(summary.waits.map(\.cause) == [nil, "timed-out", nil])
        let first = try #require(summary.waits.first)
        #expect(first.locks == [try lock("x:/a"), try lock("x:/b")] && first.reason == "because")
        #expect(first.session.text == "b" && first.holder?.user == "root" && first.position == 7)
    }

    @Test("tells of each path that was waited for how often, how long in all and at most, and how long it was held")
    func paths() throws {
        let paths = try summary(scene()).paths
        #expect(paths.map(\.path.text) == ["/a", "/b"])
        #expect(paths.map(\.waits) == [2, 2])
        #expect(paths.map(\.waited) == [4_000_000, 4_000_000])
        #expect(paths.map(\.longest) == [3_000_000, 3_000_000])
        #expect(paths.map(\.held) == [6_000_000 + 2_000_000, 2_000_000], "what is still held counts to the end")
    }

    @Test(
        "puts waits into the steps of a fixed ladder",
        arguments: zip(
            [1, 999, 1000, 9_999, 10_000, 999_999, 1_000_000, 59_999_999, 60_000_000, 3_599_999_999, 3_600_000_000],
            [0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8]))
    func ladder(waited: Int, step: Int) throws {
        var scene = Scene()
        for name in ["a", "b"] { try scene.open(name) }
        try scene.acquire("a", "x:/a")
        try scene.acquire("b", "x:/a")
        scene.now += waited - 1_000_000
        try scene.release("a")
        let histogram = summary(scene).histogram
        #expect(histogram.map(\.count) == (0...8).map { $0 == step ? 1 : 0 })
        #expect(histogram.map(\.below) == LockSummary.ladder + [nil])
    }

    @Test("keeps as many rows as are asked for, the longest, and counts all")
    func limit() throws {
        var scene = Scene()
        try scene.open("a")
        for number in 1...20 {
            try scene.open("w\(number)")
            try scene.acquire("a", "x:/p\(number)")
            try scene.acquire("w\(number)", "x:/p\(number)")
            scene.now += (number * 7 % 20) * 1_000_000
            try scene.release("a")
        }
        let summary = summary(scene, limit: 3)
        #expect(summary.waits.map { $0.waited / 1_000_000 } == [20, 19, 18])
        #expect(summary.paths.map { $0.waited / 1_000_000 } == [20, 19, 18])
        #expect(summary.histogram.reduce(0) { $0 + $1.count } == 20 && summary.requests == 40)
    }

    @Test("of a path tells of that path and those above and below it")
    func onPath() throws {
        let summary = try summary(scene(), on: try path("/b/below"))
        #expect(summary.requests == 2 && summary.atOnce == 0)
        #expect(summary.waits.map(\.request.text) == ["rb", "rd"])
        #expect(summary.paths.map(\.path.text) == ["/b"])
    }

    @Test("counts what was refused when it was made as no wait, and what was refused in the queue as one")
    func refused() throws {
        var scene = Scene()
        try scene.asks("a", "x:/a")
        try scene.asks("b", "x:/b")
        try scene.asks("a", "x:/b")
        try scene.asks("b", "x:/a")
        var summary = summary(scene)
        #expect(summary.requests == 4 && summary.atOnce == 2)
        #expect(summary.waits.map(\.end) == [.waiting])
        var totals = LockTotals(limit: 10)
        var history = LockHistory()
        let locks = [try lock("x:/a")]
        let request = RequestID("late")
        for (index, event) in [
            Event.lockRequested(LockRequested(request: request, session: SessionID("s"), locks: locks)),
            .lockRefused(LockRefused(request: request, session: SessionID("s"), locks: locks, cycle: [])),
        ].enumerated() {
            let fact = Fact(position: index + 1, at: Timestamp(microseconds: index * 5), event: event)
            if let row = history.fold(fact) { totals.fold(row) }
        }
        summary = totals.summary(at: Timestamp(microseconds: 9))
        #expect(summary.requests == 1 && summary.waits.map(\.end) == [.refused] && summary.waits.map(\.waited) == [5])
        #expect(summary.waits.map(\.cause) == ["deadlock"])
    }

    @Test("ends the holding path by path, a downgrade ends none")
    func holding() throws {
        var scene = Scene()
        for name in ["a", "b"] { try scene.open(name) }
        try scene.acquire("a", "x:/a", "x:/b")
        let token = try #require(scene.facts.last?.position)
        try scene.acquire("b", "x:/a", "x:/b")
        try scene.give(.downgrade(token: token, path: try path("/b")))
        try scene.release("a", "/a")
        try scene.release("a", "/b")
        #expect(summary(scene).paths.map(\.held) == [3_000_000, 4_000_000])
    }

    @Test("of nothing is empty; reasons, programs and labels are for administrators", arguments: Role.allCases)
    func views(role: Role) throws {
        let steps = LockSummary.ladder.map { #"{"below":\#($0),"count":0}"# } + [#"{"count":0}"#]
        #expect(
            view(of: summary(Scene()), for: Viewer(role: role, name: nil, operates: [])).text
                == #"{"requests":0,"atOnce":0,"waits":[],"paths":[],"histogram":[\#(steps.joined(separator: ","))]}"#)
        let text = view(of: try summary(scene()), for: Viewer(role: role, name: nil, operates: [])).text
        let sees = role == .owner || role == .admin
        for secret in [#""because""#, #""label""#, #""program""#] {
            #expect(text.contains(secret) == sees, "\(secret)")
        }
        #expect(text.contains(#""waited":3000000,"end":"granted""#))
        #expect(text.contains(#"{"path":"/b","waits":2,"waited":4000000,"longest":3000000,"held":2000000}"#))
        #expect(!text.contains("null"))
    }
}
