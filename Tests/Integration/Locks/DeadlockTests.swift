import Testing

@testable import System

@Suite("A deadlock among processes", .service(Types.configuration + "\nslots: { /slots/two: 2 }\n"))
struct DeadlockTests {
    /// Holds `held`, and when it is told to, asks for more and says what came of it.
    private static func script(_ request: String) -> String {
        "echo ready; read go; \(request); echo answered:$?"
    }

    private func holder(_ site: Site, _ held: [String], asking request: String) async throws -> Interlock {
        let holder = try site.start(["lock", "run"] + held + ["--", "sh", "-c", Self.script(request)])
        try await holder.says("ready")
        return holder
    }

    /// Lets all of them ask, and waits until all have ended; how many were refused, the others being given what they asked for.
    private func refusals(among holders: [Interlock]) async throws -> Int {
        for holder in holders { holder.type(Array("go\n".utf8)) }
        var refused = 0
        for holder in holders {
            let answer = try await holder.end()
            #expect(answer.status == 0, "\(answer.error)")
            if answer.output.contains("answered:76\n") {
                refused += 1
                #expect(answer.error.contains("refused: it would wait for ever"))
            } else {
                #expect(answer.output.contains("answered:0\n"), "\(answer.output) \(answer.error)")
            }
        }
        return refused
    }

    private func deadlocks(_ site: Site, on path: String) async throws -> [JSON] {
        try await site.json("deadlock", "list").elements.filter { deadlock in
            deadlock.cycle.elements.contains { party in
                party.wants.path.text.map { $0 == path || $0.hasPrefix(path + "/") } ?? false
            }
        }
    }

    @Test("in a ring is refused to exactly one, and all others finish", arguments: 2...6)
    func ring(parties: Int) async throws {
        let site = try currentSite()
        let base = site.path()
        var holders: [Interlock] = []
        for number in 0..<parties {
            let next = "\(base)/\((number + 1) % parties)"
            holders.append(
                try await holder(site, ["\(base)/\(number)"], asking: "interlock lock run \(next) -- true"))
        }
        #expect(try await refusals(among: holders) == 1)
        let told = try await deadlocks(site, on: base)
        #expect(told.count == 1)
        #expect(told.first?.cycle.elements.count == parties)
    }

    @Test("of two that hold shared and both want it exclusively is refused to one of them")
    func upgraders() async throws {
        let site = try currentSite()
        let path = site.path()
        let asking = "interlock lock acquire \(path) --pid $$"
        let first = try await holder(site, ["--shared", path], asking: asking)
        let second = try await holder(site, ["--shared", path], asking: asking)
        #expect(try await refusals(among: [first, second]) == 1)
        #expect(try await deadlocks(site, on: path).count == 1)
    }

    @Test("is none where a holder's nested request stands behind a waiter for that holder: it passes him")
    func passes() async throws {
        let site = try currentSite()
        let (a, b) = (site.path(), site.path())
        let holder = try await holder(site, [a], asking: "interlock lock run \(b) -- true")
        let waiter = try await site.queue("set-of-two", a, b)
        #expect(try await refusals(among: [holder]) == 0)
        try await waiter.says("ready")
        #expect(try await waiter.answer().status == 0)
    }

    @Test(
        "with a task that needs what its starter holds is refused, also to a child of the holder, and nothing is queued",
        arguments: ["", "interlock lock run %/beside -- "])
    func task(below: String) async throws {
        let site = try currentSite()
        let path = site.path()
        let run = "interlock task run shell --arg script=true --arg lock=\(path.dropFirst())"
        let request = below.replacing("%", with: path) + run
        let before = try await site.json("task", "list").elements.count
        #expect(try await refusals(among: [holder(site, [path + "/under"], asking: request)]) == 1)
        #expect(try await site.json("task", "list").elements.count == before)
    }

    @Test("that a lowered capacity makes is refused to a waiter, and the others finish")
    func lowered() async throws {
        let site = try currentSite()
        let (slot, path) = ("/slots/two", site.path())
        let bystander = try await holder(site, ["--slot", slot], asking: "true")
        let first = try await holder(
            site, ["--slot", slot], asking: "interlock lock run --label first \(path) -- true")
        let second = try await holder(
            site, [path], asking: "interlock lock run --label second --slot \(slot) -- true")
        first.type(Array("go\n".utf8))
        try await site.waits("first")
        second.type(Array("go\n".utf8))
        try await site.waits("second")
        #expect(try await deadlocks(site, on: path).isEmpty, "the bystander's slot is enough for the second")

        try site.scratch.write(
            "host: { id: h1 }\n" + Types.configuration + "\nslots: { \(slot): 1 }\n", to: "interlock.yaml")
        _ = try await currentService().stop()
        try await currentService().restart()
        #expect(try await refusals(among: [bystander, first, second]) == 1)
        #expect(try await deadlocks(site, on: path).count == 1)
    }
}
