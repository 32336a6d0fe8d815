import Events
import Projections
import Testing

@Suite("Locks: tokens, release, withdrawal")
struct LockTests {
    func code(_ body: () throws -> Void) -> Refusal.Code? {
        do { try body() } catch { return (error as? Refusal)?.code }
        return nil
    }

    @Test("A token is the grant's position; it stands until its last path is released, and covers what is below")
    func tokens() throws {
        var scene = Scene()
        try scene.open("a")
        guard case .granted(let token, _, let locks) = try scene.acquire("a", "x:/a", "s:/b") else {
            Issue.record("not granted")
            return
        }
        #expect(locks == [try lock("x:/a"), try lock("s:/b")])
        #expect(scene.facts.last?.position == token)
        let state = { (scene: Scene, text: String) in scene.platform.locks.stands(token, on: try path(text)) }
        #expect(try state(scene, "/a") && state(scene, "/a/below") && !state(scene, "/"))
        try scene.give(.release(token: token, paths: [try path("/a")]))
        #expect(try !state(scene, "/a") && state(scene, "/b"))
        #expect(code { try scene.give(.release(token: token, paths: [try path("/a")])) } == .noSuchToken)
        try scene.give(.release(token: token))
        #expect(code { try scene.give(.release(token: token)) } == .noSuchToken)
    }

    @Test("Each grant of a session has its own token and ends by itself")
    func ownTokens() throws {
        var scene = Scene()
        #expect(try scene.takes("a", "x:/a"))
        #expect(try scene.takes("a", "x:/a"))
        try scene.release("a")
        #expect(scene.holds("a", "/a"))
        #expect(try !scene.takes("b", "x:/a"))
        try scene.release("a")
        #expect(scene.holds("b", "/a"))
    }

    @Test("A withdrawal that comes after the grant is answered with the token")
    func withdrawal() throws {
        var scene = Scene()
        for name in ["a", "b"] { try scene.open(name) }
        try scene.acquire("a", "x:/a", as: "first")
        try scene.acquire("b", "x:/a", as: "second")
        #expect(try scene.give(.withdraw(RequestID("second"), cause: .timedOut)) == .withdrawn)
        guard case .granted(let token, _, _) = try scene.give(.withdraw(RequestID("first"), cause: .timedOut)) else {
            Issue.record("the grant is not told")
            return
        }
        #expect(scene.platform.locks.stands(token, on: try path("/a")))
        #expect(code { try scene.give(.withdraw(RequestID("second"), cause: .timedOut)) } == .noSuchRequest)
    }

    @Test("A withdrawn request lets through whom it held back")
    func withdrawalSettles() throws {
        var scene = Scene()
        #expect(try scene.takes("reader", "s:/a"))
        for name in ["writer", "late"] { try scene.open(name) }
        try scene.acquire("writer", "x:/a", as: "w")
        try scene.acquire("late", "s:/a")
        try scene.give(.withdraw(RequestID("w"), cause: .cancelled))
        #expect(scene.holds("late", "/a"))
    }

    @Test("Who is in the way, and whose deadline is past")
    func blockers() throws {
        var scene = Scene()
        #expect(try scene.takes("holder", "x:/a"))
        for name in ["early", "late"] { try scene.open(name) }
        try scene.acquire("early", "x:/", as: "e", deadline: 5)
        try scene.acquire("late", "x:/a/b", as: "l")
        let locks = scene.platform.locks
        guard let late = locks.request(RequestID("l")) else {
            Issue.record("not queued")
            return
        }
        let blockers = locks.blockers(of: late)
        #expect(blockers.map(\.session.text) == ["holder", "early"])
        #expect(blockers.map(\.kind) == [.held, .queued])
        #expect(locks.place(of: late) == 1)
        #expect(locks.awaited(by: late).map(\.id.text) == ["holder", "early"])
        // Each looks closely after the one before it; the first one in line after who holds.
        #expect(locks.neighbours(of: late).sessions.map(\.id.text) == ["early"])
        #expect(locks.neighbours(of: late).line == 1)
        #expect(locks.all(before: late).sessions.map(\.id.text) == ["holder", "early"])
        #expect(locks.expired(before: late, at: Timestamp(microseconds: 5)).isEmpty)
        #expect(locks.expired(before: late, at: Timestamp(microseconds: 6)).map(\.id.text) == ["e"])
    }

    @Test("What cannot be is refused, and changes nothing")
    func refusals() throws {
        var scene = Scene()
        try scene.open("a")
        #expect(code { try scene.acquire("a") } == .invalid)
        #expect(code { try scene.acquire("nobody", "x:/a") } == .noSuchSession)
        #expect(code { try scene.acquire("a", "t:/slots") } == .slotWithoutCapacity)
        try scene.acquire("a", "x:/a", as: "r")
        #expect(code { try scene.acquire("a", "x:/a", as: "r") } == .requestExists)
        let many = try (0...Platform.maximumLocks).map { try lock("x:/p\($0)") }
        #expect(
            code {
                try scene.give(
                    .acquire(
                        Acquisition(
                            holder: .session(SessionID("a")), request: RequestID("m"), locks: many, wait: true)))
            } == .tooMany)
    }

    @Test("A history that the rules do not allow is refused with its position")
    func strictness() throws {
        func evolve(_ events: Event...) -> HistoryError? {
            var platform = Platform()
            for (index, event) in events.enumerated() {
                do {
                    try platform.evolve(Fact(position: index + 1, at: Timestamp(microseconds: 0), event: event))
                } catch { return error }
            }
            return nil
        }
        func opened(_ name: String) -> Event {
            .sessionOpened(SessionOpened(session: SessionID(name), host: "h", user: "u"))
        }
        let locks = [try lock("x:/a")]
        func asked(_ name: String) -> Event {
            .lockRequested(LockRequested(request: RequestID(name), session: SessionID(name), locks: locks))
        }
        func granted(_ name: String) -> Event {
            .lockGranted(LockGranted(request: RequestID(name), session: SessionID(name), locks: locks))
        }
        #expect(evolve(opened("a"), asked("a"), granted("a")) == nil)
        #expect(evolve(opened("a"), opened("a"))?.position == 2)
        #expect(evolve(asked("a"))?.position == 1)
        #expect(evolve(opened("a"), granted("a"))?.position == 2)
        #expect(evolve(opened("a"), opened("b"), asked("a"), asked("b"), granted("a"), granted("b"))?.position == 6)
        #expect(
            evolve(
                opened("a"), asked("a"),
                .sessionEnded(SessionEnded(session: SessionID("a"), cause: .exited, evidence: "")))?.position == 3)
        #expect(
            evolve(
                opened("a"),
                .lockReleased(LockReleased(session: SessionID("a"), locks: locks, token: 7, cause: .released)))?
                .position == 2)
    }
}
