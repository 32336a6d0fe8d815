import Glibc
import Testing

@testable import System

@Suite("lock why", .service(Types.configuration + "\nslots: { /slots/why: 1 }\n"))
struct WhyTests {
    private func why(_ site: Site, _ subject: String) async throws -> (text: String, json: [[JSON]]) {
        let text = try await site.run("lock", "why", subject)
        #expect(text.status == 0 && text.error.isEmpty, "\(text.error)")
        return (text.output, try await site.json("lock", "why", subject).elements.map(\.elements))
    }

    @Test("of a path: who holds it, since when and what for, and what that process does")
    func path() async throws {
        let site = try currentSite()
        let path = site.path()
        let holder = try await site.hold("--label", "night shift", "--reason", "count\nsheep", path)
        let token = try #require(try await site.locks().held.elements.first { $0.path.text == path }?.token.integer)
        let (text, json) = try await why(site, path + "/below")
        let lines = text.split(separator: "\n").map(String.init)
        let pid = try #require(try await site.holders(of: path).first)
        #expect(lines.count == 3, "\(text)")
        #expect(lines[0].hasPrefix("\(path) is held by night shift, pid \(pid) of "))
        #expect(lines[1].hasPrefix("  exclusive, token \(token), since 20") && lines[1].hasSuffix(": count sheep"))
        #expect(lines[2].hasPrefix("  runs "), "\(text)")
        #expect(json.count == 1 && json[0].count == 1)
        #expect(json[0][0].holds.token == .integer(token) && json[0][0].holds.reason == "count\nsheep")
        #expect(json[0][0].program.text != nil && json[0][0].holder.label == "night shift")
        #expect(json[0][0].names.isSuperset(of: ["session", "holder", "holds", "state", "program"]))
        _ = try await holder.answer()
    }

    @Test("of a path that nobody holds: that, or who is first in line for it")
    func free() async throws {
        let site = try currentSite()
        let (a, b) = (site.path(), site.path())
        #expect(try await why(site, a).text == "nobody holds \(a), and nobody waits for it\n")
        #expect(try await why(site, a).json.isEmpty)
        let holder = try await site.hold(a)
        let waiter = try await site.queue("wants-both", a, b)
        let text = try await why(site, b).text
        #expect(text.hasPrefix("\(b) is held by nobody; first in line for it is wants-both, pid "), "\(text)")
        #expect(text.contains("\n\(a) is held by sh, pid "))
        _ = try await holder.answer()
        _ = try await waiter.answer()
    }

    @Test("of a session: the chain to its end, and a stopped holder is told as stopped")
    func chain() async throws {
        let site = try currentSite()
        let (a, b) = (site.path(), site.path())
        let last = try await site.hold("--label", "last", b)
        let request = "interlock lock run --label asker \(b) -- true"
        let middle = try site.ask("--label", "middle", a, script: "echo ready; read go; \(request); cat")
        try await middle.says("ready")
        middle.type(Array("go\n".utf8))
        try await site.waits("asker")
        let first = try await site.queue("first", "--reason", "impatience", a)
        let process = try await site.holder(of: b)
        try await freeze(process)
        let waiting = try await site.locks().waiting.elements.first { $0.holder.label == "first" }
        let (text, json) = try await why(site, try #require(waiting?.session.text))
        #expect(json.count == 1 && json[0].map(\.holder.label) == ["first", "middle", "asker", "last"])
        #expect(json[0][0].behind.elements.first?.path.text == a && json[0][0].reason == "impatience")
        #expect(json[0][1].child == json[0][2].session && json[0][1].holds.path.text == a)
        #expect(json[0][3].state == "stopped" && json[0][3].behind == .absent)
        let order = [
            "first, pid ", "waits since ", ": impatience", "\(a) is held by middle", "waits for its child",
            "its child is asker", "\(b) is held by last", "stopped: it holds on until it goes on (kill -CONT ",
        ]
        var rest = text[...]
        for words in order {
            let found = try #require(rest.firstRange(of: words), "'\(words)' in \(text)")
            rest = rest[found.upperBound...]
        }
        try signal(SIGCONT, to: process)
        for one in [last, middle, first] { _ = try await one.answer() }
    }

    @Test("of a task: what it waits for, and when it runs its program and progress")
    func task() async throws {
        let site = try currentSite()
        let (path, barrier) = (site.path(), try site.barrier())
        let holder = try await site.hold("--label", "blocker", path)
        let task = try await site.task("interlock task progress 40 halfway; read x < \(barrier)", lock: path)
        try await site.task(task, is: "waiting")
        let waiting = try await why(site, task)
        #expect(waiting.text.hasPrefix("task \(task) (shell)\n  waits since "), "\(waiting.text)")
        #expect(waiting.text.contains("\n\(path) is held by blocker, pid "))
        _ = try await holder.answer()
        _ = try await site.eventually("progress") { try await site.show(task).progress.percent == 40 ? true : nil }
        let running = try await why(site, task)
        #expect(running.text.contains("\n  waits for nothing\n  runs sh, pid "), "\(running.text)")
        #expect(running.text.contains(", at 40 %: halfway\n"))
        #expect(running.json[0][0].progress.percent == 40 && running.json[0][0].progress.message == "halfway")
        #expect(try await why(site, path).text.hasPrefix("\(path) is held by task \(task) (shell)\n"))
        try await site.pass(barrier)
        _ = try await site.finished(task)
    }

    @Test("of a slot: each who holds one")
    func slot() async throws {
        let site = try currentSite()
        let holder = try await site.hold("--slot", "/slots/why")
        #expect(try await why(site, "/slots/why").text.contains("\n  slot, token "))
        _ = try await holder.answer()
    }

    @Test("of what is not there is 66, of a task that is not due too, and of no path 64; another's eyes are 66")
    func nothing() async throws {
        let site = try currentSite()
        try await site.refuses(["lock", "why", "nobody"], 66, "no-such-subject", "no unfinished task 'nobody'")
        let task = try await site.task("true", lock: nil, "--delay", "2h")
        try await site.refuses(["lock", "why", task], 66, "not-due", "is not due yet")
        _ = try await site.run("task", "stop", task)
        try await site.refuses(["lock", "why", "//"], 64, "usage", "this is no lock path")
        #expect(try await site.run("lock", "why").status == 64)
        for command in [["lock", "why", "/"], ["lock", "list"], ["lock", "history"], ["deadlock", "list"]] {
            try await site.refuses(command + ["--as", "nobody"], 66, "no-such-user", "there is no user 'nobody'")
        }
    }
}
