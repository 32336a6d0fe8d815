import Testing

@testable import System

@Suite("A refused deadlock is told", .service(Types.configuration))
struct RefusalTests {
    /// Two that cross each other's locks: the answer of the second, which is refused.
    private func cross(
        _ site: Site, _ a: String, _ b: String, _ options: String = "", environment: [String: String] = [:]
    ) async throws -> (first: JSON, refused: Answer) {
        let request = "interlock lock run --reason 'b; too' --label nested \(b) -- true"
        let first = try site.ask(
            "--label", "crosser", "--reason", "copy; of a", a, script: "echo ready; read go; \(request); cat")
        try await first.says("ready")
        let script = "echo ready; read go; interlock lock run --reason 'a too' \(options) \(a) -- true"
        let second = try site.ask("--label", "loser", b, script: script)
        try await second.says("ready")
        let held = try await site.locks().held.elements.first { $0.path.text == a }
        first.type(Array("go\n".utf8))
        try await site.waits("nested")
        second.type(Array("go\n".utf8))
        let refused = try await second.end()
        _ = try await first.answer()
        return (held ?? .absent, refused)
    }

    @Test("as 76, in one line that tells both sides, what for and since when")
    func message() async throws {
        let site = try currentSite()
        let (a, b) = (site.path(), site.path())
        let (_, refused) = try await cross(site, a, b)
        #expect(refused.status == 76)
        let line = try #require(refused.error.split(separator: "\n").last.map(String.init))
        #expect(line.hasPrefix("interlock: refused: it would wait for ever: loser, pid "), "\(line)")
        for words in [
            " (this request) holds \(b) since 20", " and wants \(a) (a too); crosser, pid ",
            " holds \(a) since 20", " (copy; of a) and wants \(b) since 20", " (b; too). Give back what",
        ] { #expect(line.contains(words), "'\(words)' in \(line)") }
    }

    @Test("with the code that -E names, and as JSON when that is asked for")
    func code() async throws {
        let site = try currentSite()
        let (a, b) = (site.path(), site.path())
        let (_, refused) = try await cross(site, a, b, "-E 9 --json")
        #expect(refused.status == 9)
        let error = try JSON(try #require(refused.error.split(separator: "\n").last.map(String.init))).error
        #expect(error.code == "deadlock" && error.hint.text?.contains("deadlock list") == true, "\(refused.error)")
    }

    @Test("by deadlock list: who was refused, what each holds and wants")
    func list() async throws {
        let site = try currentSite()
        let (a, b) = (site.path(), site.path())
        let (held, _) = try await cross(site, a, b)
        let deadlock = try #require(
            try await site.json("deadlock", "list").elements.last { $0.cycle.elements[0].wants.path.text == a })
        #expect(deadlock.names == ["position", "at", "refused", "inevitableSince", "request", "cycle"])
        let (loser, winner) = (deadlock.cycle.elements[0], deadlock.cycle.elements[1])
        #expect(deadlock.cycle.elements.count == 2)
        #expect(loser.holder.label == "loser" && loser.holds.path.text == b && loser.wants.reason == "a too")
        #expect(loser.wants.position == deadlock.position)
        #expect(winner.session == held.session && winner.holds.token == held.token && winner.holds.since == held.since)
        #expect(winner.holder.label == "crosser" && winner.wants.path.text == b && winner.wants.mode == "exclusive")
        #expect(winner.names == ["session", "holder", "holds", "wants"])
        let refused = try await site.events().first { $0.position == deadlock.position }
        #expect(refused?.type == "lock.refused" && refused?.data.session == deadlock.refused)
        #expect(refused?.data.cause == "deadlock")
        let history = try await site.history(a).first { $0.event == "refused" }
        #expect(history?.cause == "deadlock" && history?.reason == "a too")

        let lines = try await site.run("deadlock", "list").lines
        let start = try #require(lines.firstIndex { $0.hasPrefix("at position \(deadlock.position.integer ?? 0), 20") })
        let told = lines[start...].prefix(7)
        #expect(told.count == 7)
        #expect(told[start + 1].hasPrefix("  loser, pid ") && told[start + 1].hasSuffix(", was refused"))
        #expect(told[start + 2].hasPrefix("    holds  \(b)  since 20"))
        #expect(told[start + 3].hasPrefix("    wants  \(a)  since 20") && told[start + 3].hasSuffix("  a too"))
        #expect(told[start + 5].hasSuffix("  copy; of a") && told[start + 6].hasSuffix("  b; too"))
    }

    @Test("where a task was to be waited for, with the task")
    func task() async throws {
        let site = try currentSite()
        let path = site.path()
        let script = """
            task=$(interlock task start shell --arg script=true --arg lock=\(path.dropFirst()) --json | cut -d'"' -f4)
            interlock task wait $task; echo "answered:$?"; echo $task
            """
        let answer = try await site.ask("--label", "impatient", path, script: script).answer()
        #expect(answer.output.hasPrefix("answered:76\n"), "\(answer.output) \(answer.error)")
        let task = try #require(answer.output.split(separator: "\n").last.map(String.init))
        #expect(answer.error.contains("impatient, pid "))
        #expect(
            answer.error.contains(" waits for the end of task \(task); task \(task) (shell) wants \(path) since 20"))
        let deadlock = try #require(
            try await site.json("deadlock", "list").elements.last { $0.cycle.elements[0].wants.task.text == task })
        #expect(deadlock.request == .absent && deadlock.cycle.elements[1].holder.task.text == task)
        #expect(deadlock.cycle.elements[0].holds.path.text == path && deadlock.cycle.elements[1].holds == .absent)
        #expect(try await site.run("deadlock", "list").output.contains("    wants  the end of task \(task)  since 20"))
        #expect(try await site.finished(task).outcome == "succeeded", "once nobody waits for it, it gets its lock")
    }

    @Test("and a try-lock in the same place is just busy")
    func busy() async throws {
        let site = try currentSite()
        let (a, b) = (site.path(), site.path())
        let (_, refused) = try await cross(site, a, b, "--no-wait")
        #expect(refused.status == 75)
    }
}
