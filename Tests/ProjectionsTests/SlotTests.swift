import Events
import Projections
import Testing

@Suite("Slots")
struct SlotTests {
    @Test("As many hold one as there are; the next waits, and gets the first that becomes free")
    func capacity() throws {
        var scene = Scene()
        try scene.slots("/s", 2)
        #expect(try scene.takes("a", "t:/s"))
        #expect(try scene.takes("b", "t:/s"))
        #expect(try !scene.takes("c", "t:/s"))
        #expect(try !scene.takes("d", "t:/s"))
        try scene.release("b")
        #expect(scene.holds("c", "/s") && scene.waits("d"))
        try scene.die("a")
        #expect(scene.holds("d", "/s"))
    }

    @Test("Whoever is in the way of a slot is told: all who hold one, then who is before")
    func blockers() throws {
        var scene = Scene()
        try scene.slots("/s", 2)
        for name in ["a", "b", "c"] { try scene.asks(name, "t:/s") }
        guard
            case .busy(let blockers) = try scene.give(
                .acquire(
                    Acquisition(
                        holder: .opening(scene.opening("d")), request: RequestID("rd"), locks: [try lock("t:/s")],
                        wait: false)))
        else {
            Issue.record("not busy")
            return
        }
        #expect(blockers.map(\.session.text) == ["a", "b", "c"])
        #expect(blockers.map(\.kind) == [.held, .held, .queued])
    }

    @Test("Three that wait for a busy app do not occupy the slots; once slots are all they lack, they go first")
    func busyApp() throws {
        var scene = Scene()
        try scene.slots("/s", 3)
        #expect(try scene.takes("app", "x:/app"))
        for name in ["t1", "t2", "t3"] {
            try scene.open(name)
            #expect(try scene.acquire(name, "x:/app", "t:/s") == .queued(session: SessionID(name)))
        }
        for name in ["o1", "o2", "o3"] { #expect(try scene.takes(name, "t:/s"), "\(name)") }
        #expect(try !scene.takes("late", "t:/s"))
        try scene.release("app")
        #expect(scene.waits("t1"), "it lacks a slot now, and nothing else")
        try scene.release("o1")
        #expect(scene.holds("t1", "/s") && scene.waits("late"))
        try scene.release("o2")
        #expect(scene.holds("late", "/s"), "t2 and t3 wait for the app again, and take no slot from anybody")
    }

    /// `reader` shares `/a`, and its child lacks `/z` besides a slot of `/s`, of which there are `capacity`. `writer` waits for
    /// `reader`, and everybody in `holders` has taken a slot, the first of them asking for `/a` behind `writer` then.
    private func behindChild(capacity: Int, _ holders: String..., under parent: String? = nil) throws -> Scene {
        var scene = Scene()
        try scene.slots("/s", capacity)
        #expect(try scene.takes("owner", "/z"))
        #expect(try scene.takes("reader", "s:/a"))
        try scene.open("child", under: "reader")
        try scene.acquire("child", "/z", "t:/s")
        #expect(try !scene.takes("writer", "/a/b"))
        if let parent { #expect(try scene.takes(parent, "t:/s")) }
        for name in holders { #expect(try scene.takes(name, "t:/s", under: parent)) }
        #expect(try !scene.takes(holders[0], "s:/a"), "behind the writer, who does not wait for it")
        return scene
    }

    @Test("When the last one is taken, whoever lacks one waits for all who hold one, and those pass whom that leads to")
    func lastTaken() throws {
        var scene = try behindChild(capacity: 2, "one")
        #expect(try scene.takes("other", "t:/s"))
        #expect(scene.holds("one", "/a"))
    }

    @Test("When they become fewer, too")
    func fewerThanHolders() throws {
        var scene = try behindChild(capacity: 3, "one", "other")
        try scene.slots("/s", 2)
        #expect(scene.holds("one", "/a"))
    }

    @Test("When one that served several is given back, too: each of those counts then")
    func servedNoMore() throws {
        var scene = try behindChild(capacity: 2, "one", "other", under: "parent")
        try scene.release("parent")
        #expect(scene.holds("one", "/a"))
    }

    @Test("An earlier one that lacks only a slot holds back as many later ones as it needs, and no more")
    func enoughForBoth() throws {
        var scene = Scene()
        try scene.slots("/s", 3)
        try scene.slots("/rare", 1)
        #expect(try scene.takes("rare", "t:/rare"))
        try scene.open("both")
        #expect(try scene.acquire("both", "t:/rare", "t:/s") == .queued(session: SessionID("both")))
        #expect(try scene.takes("b", "t:/s"), "one is left for the earlier")
        #expect(try scene.takes("c", "t:/s"), "one is left for the earlier")
        #expect(try !scene.takes("d", "t:/s"))
        try scene.release("rare")
        #expect(scene.holds("both", "/s") && scene.waits("d"))
    }

    @Test("An ancestor's slot serves its descendants, and theirs counts when it gives its own back")
    func ancestors() throws {
        var scene = Scene()
        try scene.slots("/s", 1)
        #expect(try scene.takes("parent", "t:/s"))
        try scene.open("middle", under: "parent")
        #expect(try scene.takes("child", "t:/s", under: "middle"))
        #expect(try scene.takes("other", "t:/s", under: "parent"))
        #expect(try !scene.takes("stranger", "t:/s"))
        try scene.release("parent")
        #expect(scene.waits("stranger"), "two children hold by themselves now: more than there are, and nobody ends")
        try scene.release("child")
        #expect(scene.waits("stranger"))
        try scene.release("other")
        #expect(scene.holds("stranger", "/s"))
    }

    @Test("A child's slot does not keep its parent from one of the same path")
    func parentAfterChild() throws {
        var scene = Scene()
        try scene.slots("/s", 1)
        try scene.open("parent")
        #expect(try scene.takes("child", "t:/s", under: "parent"))
        #expect(try scene.takes("parent", "t:/s"))
        #expect(try !scene.takes("sibling", "t:/s"))
    }

    @Test("Fewer slots end nobody, and let in the next when few enough are left; more let the next in at once")
    func changes() throws {
        var scene = Scene()
        try scene.slots("/s", 3)
        for name in ["a", "b", "c"] { #expect(try scene.takes(name, "t:/s")) }
        try scene.slots("/s", 1)
        for name in ["a", "b", "c"] { #expect(scene.holds(name, "/s")) }
        #expect(try !scene.takes("d", "t:/s"))
        #expect(try !scene.takes("e", "t:/s"))
        try scene.release("a")
        try scene.release("b")
        #expect(scene.waits("d"), "one is left, and one is all there is")
        try scene.slots("/s", 2)
        #expect(scene.holds("d", "/s") && scene.waits("e"))
    }

    @Test(
        "A capacity that stands is not recorded again, nor changed where only missing ones are to be, nor less than 1")
    func recording() throws {
        var scene = Scene()
        try scene.slots("/s", 3)
        let mark = scene.facts.count
        try scene.slots("/s", 3)
        try scene.slots("/s", 5, onlyMissing: true)
        #expect(scene.facts.count == mark)
        #expect(scene.platform.locks.capacity(of: try path("/s")) == 3)
        try scene.slots("/other", 5, onlyMissing: true)
        #expect(scene.kinds(since: mark) == ["slots.configured"])
        for capacity in [0, -1, Platform.maximumCapacity + 1] {
            #expect(throws: Refusal.self) { try scene.slots("/s", capacity) }
        }
    }

    @Test(
        "A slot and an exclusive lock on, above or below its path keep each other out",
        arguments: ["/", "/s", "/s/app", "/s/app/below"])
    func exclusive(_ other: String) throws {
        for (first, second) in [("t:/s/app", "x:" + other), ("x:" + other, "t:/s/app")] {
            var scene = Scene()
            try scene.slots("/s/app", 2)
            #expect(try scene.takes("a", first))
            #expect(try !scene.takes("b", second), "\(second) beside \(first)")
            if other != "/" { #expect(try scene.takes("elsewhere", "x:/t")) }
            try scene.release("a")
            #expect(scene.holds("b", String(second.dropFirst(2))))
        }
    }

    @Test("A later slot waits behind an earlier exclusive request")
    func behindExclusive() throws {
        var scene = Scene()
        try scene.slots("/s", 2)
        #expect(try scene.takes("a", "t:/s"))
        #expect(try !scene.takes("all", "x:/s"))
        #expect(try !scene.takes("late", "t:/s"))
        try scene.release("a")
        #expect(scene.holds("all", "/s") && scene.waits("late"))
    }

    @Test("Slots and shared locks never mind each other, nor do slots of different paths")
    func beside() throws {
        var scene = Scene()
        for path in ["/s", "/s/app"] { try scene.slots(path, 1) }
        #expect(try scene.takes("reader", "s:/s"))
        #expect(try scene.takes("a", "t:/s"))
        #expect(try scene.takes("b", "t:/s/app"))
        #expect(try scene.takes("late reader", "s:/"))
    }
}
