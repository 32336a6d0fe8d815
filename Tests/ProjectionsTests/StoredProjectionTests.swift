import Events
import Projections
import Testing

@Suite("Stored projections")
struct StoredProjectionTests {
    /// A state in which every field of every record is filled somewhere.
    func full() throws -> Scene {
        var scene = Scene()
        try scene.register("r")
        try scene.open("top")
        try scene.open("middle", under: "top", closes: true)
        try scene.open("low", under: "middle")
        try scene.die("middle")
        try scene.acquire("low", "x:/a", "s:/b")
        try scene.give(
            .acquire(
                Acquisition(
                    holder: .opening(scene.opening("w", closes: true)), request: RequestID("rw"),
                    locks: [try lock("x:/b/c")], reason: "\"quoted\"\n", deadline: Timestamp(microseconds: 99),
                    waiter: scene.process(7), wait: true)))
        try scene.queue("running", "x:/t", unique: "k", secrets: ["pin", "token"])
        try scene.start("running", by: "r")
        try scene.give(
            .taskProgressed(TaskProgressed(task: TaskID("running"), attempt: 1, percent: 3, message: "m")))
        try scene.give(.stopTask(TaskID("running"), by: "me", reason: "why"))
        try scene.queue("waiting", "x:/t")
        try scene.queue("delayed", "x:/t", notBefore: .max / 2)
        return scene
    }

    func stored(_ platform: Platform) -> [String: [UInt8]] {
        var stored: [String: [UInt8]] = [:]
        for name in Platform.projectionNames { stored[name] = platform.encodeProjection(name) }
        return stored
    }

    @Test("What is restored is what was stored, to the byte, and goes on as if nothing had been")
    func roundTrip() throws {
        let scene = try full()
        let bytes = stored(scene.platform)
        #expect(bytes == stored(scene.replayed))
        var restored = try Platform(projections: bytes)
        #expect(stored(restored) == bytes)
        #expect(restored.tasks.unfinished == scene.platform.tasks.unfinished)
        #expect(restored.locks.sessions() == scene.platform.locks.sessions())
        #expect(restored.locks.queue == scene.platform.locks.queue)
        var live = scene.platform
        let end = Platform.Command.taskFinished(
            TaskFinished(task: TaskID("running"), attempt: 1, outcome: .stopped, evidence: "e"), by: RunnerID("r"))
        var one = Draft(after: 1000, at: Timestamp(microseconds: 1000))
        var other = one
        _ = try live.decide(end, into: &one)
        _ = try restored.decide(end, into: &other)
        #expect(one.facts == other.facts && one.facts.contains { $0.event.kind == .taskClaimed })
    }

    @Test("Before the first event, and with a projection missing")
    func empty() throws {
        let empty = stored(Platform())
        #expect(stored(try Platform(projections: [:])) == empty)
        #expect(stored(try Platform(projections: empty)) == empty)
        #expect(Platform().encodeProjection("nothing") == [])
    }

    @Test("Each kind of event moves the one projection that it is said to move")
    func moves() throws {
        var platform = Platform()
        for fact in try full().facts {
            let before = stored(platform)
            try platform.evolve(fact)
            let after = stored(platform)
            let moved = Platform.projectionNames.filter { before[$0] != after[$0] }
            #expect(moved == [Platform.projection(of: fact.event.kind)], "\(fact.event.kind)")
        }
    }

    @Test("Damaged bytes are an error, never a trap")
    func damaged() throws {
        for (name, bytes) in stored(try full().platform) {
            for length in stride(from: 0, to: bytes.count, by: 7) {
                #expect(throws: JSONError.self) { try Platform(projections: [name: Array(bytes[..<length])]) }
            }
        }
    }

    @Test("Ten thousand other locks, and other waiters, change nothing measurable")
    func independence() throws {
        func cycles(among others: Int) throws -> Duration {
            var platform = Platform()
            var head = 0
            func give(_ command: Platform.Command) throws -> Platform.Reply {
                var draft = Draft(after: head, at: Timestamp(microseconds: head))
                defer { head = draft.head }
                return try platform.decide(command, into: &draft)
            }
            var scene = Scene()
            for (name, text) in [("holder", "x:/other"), ("waiter", "x:/more"), ("me", "")] {
                _ = try give(.openSession(scene.opening(name)))
                for number in 0..<(text.isEmpty ? 0 : others) {
                    let acquisition = Acquisition(
                        holder: .session(SessionID(name)), request: RequestID("\(name) \(number)"),
                        locks: [try lock("\(text)/\(number)")], wait: true)
                    _ = try give(.acquire(acquisition))
                }
            }
            var best = Duration.seconds(60)
            for round in 0..<5 {
                let took = try ContinuousClock().measure {
                    for number in 0..<40 {
                        let acquisition = Acquisition(
                            holder: .session(SessionID("me")), request: RequestID("me \(round) \(number)"),
                            locks: [try lock("x:/mine")], wait: true)
                        guard case .granted(let token, _, _) = try give(.acquire(acquisition)) else { return }
                        _ = try give(.release(token: token))
                    }
                }
                best = min(best, took)
            }
            return best
        }
        let alone = try cycles(among: 5)
        let crowded = try cycles(among: 5000)
        #expect(crowded < alone * 5, "\(crowded) among ten thousand, \(alone) among ten")
    }
}
