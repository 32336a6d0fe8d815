import Glibc
import Testing

@testable import System

@Suite("The queue among processes", .service)
struct QueueTests {
    @Test("whoever waits longer than --wait gives up with 75, and the log says that it timed out")
    func timedOut() async throws {
        let site = try currentSite()
        let path = site.path()
        let holder = try await site.hold("--reason", "spring cleaning", path)
        let answer = try await site.ask("--wait", "100ms", path).answer()
        #expect(answer.status == 75)
        #expect(answer.output.isEmpty)
        #expect(answer.error.contains("(spring cleaning)"))
        let rows = try await site.history(path)
        #expect(rows.contains { $0.event == "withdrawn" && $0.cause == "timed-out" })
        _ = try await holder.answer()
    }

    @Test("whoever waits longer than a second is told for whom, once")
    func told() async throws {
        let site = try currentSite()
        let path = site.path()
        let holder = try await site.hold("--label", "the-baker", "--reason", "bread", path)
        let waiter = try await site.queue("customer", path)
        try await waiter.complains("\(path) is held by the-baker, pid")
        #expect(waiter.error.contains("(bread)"))
        _ = try await holder.answer()
        let error = try await waiter.answer().error
        #expect(error.split(separator: "\n").count == 1)
    }

    @Test("is first in, first out")
    func order() async throws {
        let site = try currentSite()
        let path = site.path()
        let book = site.scratch.file("order" + path.dropFirst())
        let holder = try await site.hold(path)
        var waiters: [Interlock] = []
        for number in 1...5 {
            waiters.append(try await site.queue("q\(number)", path, script: "echo \(number) >> \(book)"))
        }
        _ = try await holder.answer()
        for waiter in waiters { #expect(try await waiter.end().status == 0) }
        #expect(site.scratch.text("order" + path.dropFirst()) == "1\n2\n3\n4\n5\n")
    }

    @Test("shared ones hold together, an exclusive one alone, and it is not starved by later shared ones")
    func shared() async throws {
        let site = try currentSite()
        let path = site.path()
        let first = try await site.hold("--shared", path)
        let second = try await site.hold("--shared", path + "/below")
        let writer = try await site.queue("writer", path)
        let late = try await site.queue("late-reader", "--shared", path)
        #expect(try await site.ask("--no-wait", "--shared", path).answer().status == 75)
        _ = try await first.answer()
        #expect(try await site.isWaiting("writer"))
        _ = try await second.answer()
        try await writer.says("ready")
        #expect(try await site.isWaiting("late-reader"))
        #expect(late.output.isEmpty)
        _ = try await writer.answer()
        try await late.says("ready")
        _ = try await late.answer()
    }

    @Test("a lock on a path covers all below it, and nothing beside it")
    func covering() async throws {
        let site = try currentSite()
        let path = site.path()
        let holder = try await site.hold(path + "/a")
        #expect(try await site.ask("--no-wait", path).answer().status == 75)
        #expect(try await site.ask("--no-wait", path + "/a/b").answer().status == 75)
        #expect(try await site.ask("--no-wait", path + "/ab").answer().status == 0)
        #expect(try await site.ask("--no-wait", path + "/b").answer().status == 0)
        _ = try await holder.answer()
    }

    @Test("a set is granted whole or not at all")
    func sets() async throws {
        let site = try currentSite()
        let (a, b) = (site.path(), site.path())
        let holder = try await site.hold(b)
        let waiter = try await site.queue("set", a, "--shared", b)
        #expect(try await site.holders(of: a).isEmpty, "the free one of the set is not held")
        _ = try await holder.answer()
        try await waiter.says("ready")
        let held = try await site.locks().held.elements.filter { [a, b].contains($0.path.text) }
        #expect(held.count == 2)
        #expect(Set(held.compactMap(\.token.integer)).count == 1, "one grant, one token")
        _ = try await waiter.answer()
    }

    @Test("a lock is handed over when nobody's wake-up arrives")
    func withoutHints() async throws {
        let site = try currentSite()
        let path = site.path()
        // The holder lives on when it releases: its end wakes nobody.
        let holder = try Interlock([Array("cat".utf8)], environment: site.environment)
        let token = try await site.json("lock", "acquire", path, "--pid", "\(holder.identity.pid)").token
        let waiter = try await site.queue("deaf", path)
        // From the telling on, only a hint or the poll wakes it.
        try await waiter.complains("waiting")
        let session = try #require(
            try await site.locks().waiting.elements.first { $0.holder.label == "deaf" }?.session.text)
        #expect(unlink("/tmp/interlock-\(session.split(separator: "-")[0])/session-\(session)") == 0)
        #expect(try await site.run("lock", "release", "--token", "\(token.integer ?? 0)").status == 0)
        try await waiter.says("ready")
        _ = try await waiter.answer()
        _ = try await holder.answer()
    }

    @Test("many that want the same lock never hold it two at a time, and all get it")
    func crowd() async throws {
        let site = try currentSite()
        let path = site.path()
        let book = site.scratch.file("crowd" + path.dropFirst())
        let script = "echo in >> \(book); echo out >> \(book)"
        let all = try (1...8).map { _ in try site.ask(path, script: script) }
        for one in all { #expect(try await one.end().status == 0) }
        #expect(site.scratch.text("crowd" + path.dropFirst()) == String(repeating: "in\nout\n", count: 8))
    }
}
