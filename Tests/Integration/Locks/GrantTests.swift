import Testing

@testable import System

@Suite("What is done to a lock that somebody holds", .service)
struct GrantTests {
    /// A process of the test's own that holds something.
    private func acquired(_ site: Site, _ arguments: String...) async throws -> (process: Interlock, token: String) {
        let process = try Interlock([Array("cat".utf8)], environment: site.environment)
        let answer = try await site.start(
            ["lock", "acquire", "--json", "--pid", "\(process.identity.pid)"] + arguments
        ).answer()
        try #require(answer.status == 0, "\(answer.error)")
        return (process, "\(try #require(try answer.json.token.integer))")
    }

    @Test("downgraded, it lets in at once who waits to share it; its token stands, and twice is fine")
    func downgrade() async throws {
        let site = try currentSite()
        let (a, b) = (site.path(), site.path())
        let (process, token) = try await acquired(site, a, b)
        let reader = try await site.queue("reader", "--shared", a)
        let writer = try await site.queue("patient-writer", b)
        let down = try await site.run("lock", "downgrade", a, "--token", token)
        #expect(down.status == 0 && down.output.isEmpty && down.error.isEmpty)
        try await reader.says("ready")
        #expect(try await site.isWaiting("patient-writer"))
        #expect(try await site.run("lock", "downgrade", a, "--token", token).status == 0)
        #expect(try await site.run("lock", "check", a, "--token", token).status == 0)
        #expect(try await site.ask("--no-wait", a).answer().status == 75)
        let rows = try await site.history(a).filter { $0.event == "downgraded" }
        #expect(rows.count == 1)
        #expect(rows.first?.locks == .array([["path": .string(a), "mode": "shared"]]))
        _ = try await process.answer()
        for one in [reader, writer] { _ = try await one.answer() }
    }

    @Test("downgrading from inside lock run takes the token of the environment")
    func inside() async throws {
        let site = try currentSite()
        let path = site.path()
        let script = "interlock lock downgrade \(path) --token $INTERLOCK_TOKEN && echo ready; cat"
        let holder = try site.ask(path, script: script)
        try await holder.says("ready")
        #expect(try await site.ask("--no-wait", "--shared", path, script: "true").answer().status == 0)
        _ = try await holder.answer()
    }

    @Test("a token that does not stand, or not for that path, is 66; a slot cannot be downgraded; rubbish is 64")
    func refusedDowngrade() async throws {
        let site = try currentSite()
        let (a, b) = (site.path(), site.path())
        let (process, token) = try await acquired(site, a)
        try await site.refuses(
            ["lock", "downgrade", b, "--token", token], 66, "no-such-token", "does not stand for \(b)")
        try await site.refuses(
            ["lock", "downgrade", a, "--token", "999999"], 66, "no-such-token", "token 999999 does not stand")
        for wrong in [["lock", "downgrade", a], ["lock", "downgrade", "a", "--token", token], ["lock", "downgrade"]] {
            #expect(try await site.start(wrong).answer().status == 64)
        }
        _ = try await process.answer()
    }

    @Test("broken, all of it ends: the next gets in, the holder's check fails, and history says who did it and why")
    func broken() async throws {
        let site = try currentSite()
        let (a, b) = (site.path(), site.path())
        let (process, token) = try await acquired(site, a, "--shared", b, "--reason", "a long night")
        let next = try await site.queue("next", a, b)
        let answer = try await site.run("lock", "break", a, "--token", token, "--reason", "it hangs since noon")
        #expect(answer.status == 0 && answer.output.isEmpty && answer.error.isEmpty)
        try await next.says("ready")
        for path in [a, b] {
            #expect(try await site.run("lock", "check", path, "--token", token).status == 75)
        }
        #expect(lives(process.identity), "its process is not touched")
        let row = try #require(try await site.history(a).first { $0.cause == "broken" })
        #expect(row.event == "released" && row.reason == "it hangs since noon" && row.locks.elements.count == 2)
        let by = try #require(row.by.text)
        let told = try await site.run("lock", "history", a).output
        #expect(told.contains("broken by \(by): it hangs since noon"), "\(told)")
        #expect(try await site.run("lock", "release", "--token", token).status == 66)
        _ = try await next.answer()
        _ = try await process.answer()
    }

    @Test("breaking needs a reason (64), a token that stands (66) and a path that it names (66)")
    func refusedBreak() async throws {
        let site = try currentSite()
        let (a, b) = (site.path(), site.path())
        let (process, token) = try await acquired(site, a)
        try await site.refuses(["lock", "break", a, "--token", token], 64, "usage", "--reason")
        try await site.refuses(["lock", "break", a, "--token", token, "--reason", ""], 64, "usage", "--reason")
        for (path, number) in [(a, "999999"), (b, token), (a + "/below", token), ("/", token)] {
            try await site.refuses(
                ["lock", "break", path, "--token", number, "--reason", "r"], 66, "no-such-token", "does not stand")
        }
        #expect(try await site.run("lock", "check", a, "--token", token).status == 0)
        _ = try await process.answer()
    }
}
