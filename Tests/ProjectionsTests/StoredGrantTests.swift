import Events
import Projections
import Testing

/// What is held is left as it was stored until it changes: nothing may tell that.
@Suite("Grants that are left as they were stored")
struct StoredGrantTests {
    /// A platform that was there all the time, and one that began with what was stored.
    struct Twins {
        var scene: Scene
        var restored: Platform

        init(_ scene: Scene) throws {
            self.scene = scene
            restored = try Platform(projections: Self.stored(scene.platform))
        }

        static func stored(_ platform: Platform) -> [String: [UInt8]] {
            Dictionary(uniqueKeysWithValues: Platform.projectionNames.map { ($0, platform.encodeProjection($0)) })
        }

        mutating func give(_ command: Platform.Command) throws {
            let (mark, head) = (scene.facts.count, scene.facts.last?.position ?? 0)
            try scene.give(command)
            var draft = Draft(after: head, at: Timestamp(microseconds: scene.now))
            _ = try restored.decide(command, into: &draft)
            #expect(draft.facts == Array(scene.facts[mark...]))
        }

        func compare() {
            #expect(Self.stored(restored) == Self.stored(scene.platform))
            #expect(restored.locks.standing == scene.platform.locks.standing)
        }
    }

    /// Sessions with many locks in every mode, some in sets, with reasons and ids that have to be escaped.
    func crowd() throws -> Scene {
        var scene = Scene()
        try scene.slots("/slots", 3)
        for holder in 0..<4 { try scene.open("s\(holder)") }
        for number in 0..<400 {
            try scene.acquire("s\(number % 4)", "x:/a/\(number / 20)/\(number)", as: "\"\(number)\"\n")
        }
        for holder in 0..<4 { try scene.acquire("s\(holder)", "s:/shared", "x:/own/\(holder)", "s:/b/\(holder)") }
        for holder in 0..<3 { try scene.acquire("s\(holder)", "t:/slots") }
        return scene
    }

    @Test("They are found by token, by request, by session and by path")
    func found() throws {
        let twins = try Twins(try crowd())
        twins.compare()
        let (locks, others) = (twins.restored.locks, twins.scene.platform.locks)
        #expect(locks.sessions() == others.sessions())
        for grant in others.standing {
            #expect(locks.grant(grant.token) == grant)
            #expect(locks.grant(of: grant.request) == grant)
            #expect(grant.locks.allSatisfy { locks.stands(grant.token, on: $0.path) })
        }
        for session in others.sessions() { #expect(locks.grants(of: session.id) == others.grants(of: session.id)) }
        #expect(locks.grant(-1) == nil && locks.grant(of: RequestID("nobody's")) == nil)
    }

    @Test("Requests meet them as they meet others, and wait for their release")
    func met() throws {
        for wanted in [
            "x:/a/3/61", "x:/a/3", "x:/a/3/61/below", "s:/a/3/61", "x:/", "x:/shared", "t:/slots", "s:/own/2",
        ] {
            var twins = try Twins(try crowd())
            try twins.give(.openSession(twins.scene.opening("me")))
            try twins.give(
                .acquire(
                    Acquisition(
                        holder: .session(SessionID("me")), request: RequestID("mine"), locks: [try lock(wanted)],
                        wait: true)))
            let request = try #require(twins.scene.platform.locks.request(RequestID("mine")), "\(wanted)")
            let blockers = twins.scene.platform.locks.blockers(of: request)
            #expect(!blockers.isEmpty && twins.restored.locks.blockers(of: request) == blockers)
            for token in Set(blockers.map(\.position)).sorted() { try twins.give(.release(token: token)) }
            #expect(twins.restored.locks.grant(of: RequestID("mine")) != nil)
            twins.compare()
        }
    }

    @Test("One after the other may be released in part, downgraded, and released, until none is left")
    func changed() throws {
        var twins = try Twins(try crowd())
        let standing = twins.scene.platform.locks.standing
        for (number, grant) in standing.enumerated() {
            if number % 3 == 0, let lock = grant.locks.first(where: { $0.mode == .exclusive }) {
                try twins.give(.downgrade(token: grant.token, path: lock.path))
            }
            if grant.locks.count > 1 {
                try twins.give(.release(token: grant.token, paths: [grant.locks[1].path]))
            }
            if number % 2 == 0 { try twins.give(.release(token: grant.token)) }
            if number % 16 == 0 { twins.compare() }
        }
        twins.compare()
        for grant in twins.scene.platform.locks.standing.reversed() {
            try twins.give(.release(token: grant.token))
        }
        twins.compare()
        #expect(twins.restored.locks.standing.isEmpty)
    }

    @Test("The id of a request that stands is not taken again")
    func known() throws {
        var twins = try Twins(try crowd())
        var draft = Draft(after: twins.scene.facts.count, at: Timestamp(microseconds: 1))
        #expect(throws: Refusal.self) {
            try twins.restored.decide(
                .acquire(
                    Acquisition(
                        holder: .session(SessionID("s0")), request: RequestID("\"7\"\n"), locks: [try lock("x:/new")],
                        wait: true)), into: &draft)
        }
        let token = try #require(twins.scene.platform.locks.grant(of: RequestID("\"7\"\n"))).token
        try twins.give(.release(token: token))
        try twins.give(
            .acquire(
                Acquisition(
                    holder: .session(SessionID("s0")), request: RequestID("\"7\"\n"), locks: [try lock("x:/new")],
                    wait: true)))
        twins.compare()
    }
}
