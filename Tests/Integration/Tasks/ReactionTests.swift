import Glibc
import Testing

@testable import System

private let types = """
    tasks:
      bad: { command: ["false"], arguments: { note: {} } }
      begin: { command: ["true"], schedule: "@start" }
      again: { command: ["true"] }
      tell:
        command: [echo, "{what}", "{app}"]
        arguments: { what: { required: true, pattern: "[a-z]+" } }
    reactions:
      - { name: tell, on: task.finished, where: { type: bad, outcome: failed }, start: tell, app: "{app}", arguments: { what: "{outcome}" } }
      - { name: broken, on: task.finished, where: { type: bad }, start: tell, app: "{app}", arguments: { what: "{evidence}" } }
      - { name: again, on: task.finished, where: { type: again }, start: again }
    """

@Suite("A reaction", .service(types))
struct ReactionTests {
    private func bad(_ app: String) async throws -> JSON {
        let site = try currentSite()
        let answer = try await site.run("task", "start", "bad", "--app", app, "--json")
        let task = try #require(try answer.json.task.text)
        _ = try await site.finished(task)
        return try #require(
            try await site.events().first { $0.type == "task.finished" && $0.data.task.text == task })
    }

    private func eventually(_ what: String, causedBy cause: JSON, type: String) async throws -> JSON {
        let site = try currentSite()
        return try await site.eventually(what) {
            try await site.events().first { $0.type.text == type && $0.causation == cause.position }
        }
    }

    @Test("starts its task once for an event, with what the event says, and the event as its cause")
    func starts() async throws {
        let site = try currentSite()
        let end = try await bad("blog")
        let queued = try await eventually("the task is queued", causedBy: end, type: "task.queued")
        #expect(queued.data.type == "tell")
        #expect(queued.data.app == "blog")
        #expect(queued.data.arguments.what == "failed")
        #expect(queued.data.requestedBy == "runner")
        _ = try await site.finished(try #require(queued.data.task.text))
        let all = try await site.events().filter { $0.type == "task.queued" && $0.causation == end.position }
        #expect(all.count == 1)
    }

    @Test("that fails is parked, stops no other, and looks again when it is retried")
    func parks() async throws {
        let site = try currentSite()
        let end = try await bad("wiki")
        let parked = try await eventually("it is parked", causedBy: end, type: "reaction.parked")
        #expect(parked.data.reaction == "broken")
        #expect(parked.data.problem.text?.contains("pattern") == true)
        _ = try await eventually("the other one goes on", causedBy: end, type: "task.queued")
        let row = try #require(
            try await site.json("reaction", "list").elements.first { $0.reaction == "broken" })
        #expect(row.parked.elements.contains { $0.position == end.position })
        let retried = try await site.run("reaction", "retry", "broken", "--json")
        #expect(retried.status == 0)
        #expect(try retried.json.positions.elements.contains(end.position))
        _ = try await site.eventually("it is parked once more") {
            try await site.events().count { $0.type == "reaction.parked" && $0.data.position == end.position } == 2
                ? true : nil
        }
        #expect(try await site.run("reaction", "retry", "nobody").status == 66)
    }

    @Test("that leads to itself is parked before it goes on for ever")
    func loop() async throws {
        let site = try currentSite()
        #expect(try await site.run("task", "start", "again").status == 0)
        _ = try await site.eventually("it is parked") {
            try await site.json("reaction", "list").elements.contains { row in
                row.reaction == "again" && row.parked.elements.contains { $0.problem.text?.contains("itself") == true }
            } ? true : nil
        }
        #expect(try await site.events().count { $0.type == "task.queued" && $0.data.type == "again" } == 17)
    }

    @Test("answers what happened while no runner was there, and nothing twice after a crash")
    func afterCrash() async throws {
        let site = try currentSite()
        let service = try currentService()
        let first = try await bad("one")
        _ = try await eventually("the task is queued", causedBy: first, type: "task.queued")
        try await service.kill()
        try await service.restart()
        let second = try await bad("two")
        _ = try await eventually("the task is queued", causedBy: second, type: "task.queued")
        for cause in [first, second] {
            let answers = try await site.events().filter { $0.type == "task.queued" && $0.causation == cause.position }
            #expect(answers.count == 1)
        }
    }

    @Test("is no task of '@start': that one runs once for each start of the service")
    func start() async throws {
        let site = try currentSite()
        _ = try await site.eventually("it has run") {
            let events = try await site.events()
            let runs = events.count { $0.type == "task.queued" && $0.data.type == "begin" }
            return runs == events.count { $0.type == "runner.registered" } ? true : nil
        }
    }
}

@Suite("A reaction with as much parked as is kept")
struct HaltedReactionTests {
    private static let bound = 1000
    /// One event more than are kept, all of one transaction.
    private static let types = """
        tasks:
          tell: { command: [echo, "{what}"], arguments: { what: { pattern: "[a-z]+" } } }
          hear: { command: ["true"] }
        reactions:
          - { name: broken, on: slots.configured, start: tell, arguments: { what: "{path}" }, from: start }
          - { name: other, on: task.finished, where: { type: tell }, start: hear }
        slots: { \((0...bound).map { "/s/\($0): 1" }.joined(separator: ", ")) }
        """

    @Test("stands still alone, and goes on when it is retried", .timeLimit(.minutes(10)))
    func halts() async throws {
        let site = try await Site.make(configuration: Self.types)
        let service = try await Service(site)
        let parked = { () async throws -> [Int] in
            try await site.events().filter { $0.type == "reaction.parked" }.compactMap(\.data.position.integer)
        }
        // A thousand commits may take longer than the patience on a busy machine: a hundred must not.
        for count in stride(from: 100, through: Self.bound, by: 100) {
            _ = try await site.eventually("\(count) are told to be parked") {
                service.process.error.utf8.count { $0 == UInt8(ascii: "\n") } >= count ? true : nil
            }
        }
        try await service.process.complains("reaction broken stands still at event")
        // Another one is behind the same events and goes on.
        #expect(try await site.run("task", "run", "tell", "--arg", "what=well").status == 0)
        try await service.process.complains("(hear) succeeded")
        #expect(try await parked().count == Self.bound)
        let row = try await site.json("reaction", "list").elements.first { $0.reaction == "broken" }
        #expect(row?.parked.elements.count == Self.bound)
        let last = try #require(
            try await site.events().last { $0.type == "slots.configured" }?.position.integer)
        #expect(try await !parked().contains(last))

        #expect(try await site.run("reaction", "retry", "broken").status == 0)
        try await service.process.complains("reaction broken to event \(last) is parked")
        #expect(try await parked().contains(last))
        #expect(try await service.stop().status == 0)
        try await site.expectSound()
    }
}
