import Glibc
import MySQL
import Testing

@testable import System

@Suite("Without a runner", .site)
struct WithoutRunnerTests {
    @Test("locks are taken, waited for and handed over")
    func handOver() async throws {
        let site = try currentSite()
        let path = site.path()
        let holder = try await site.hold(path)
        let waiter = try await site.queue("patient", path)
        _ = try await holder.answer()
        try await waiter.says("ready")
        _ = try await waiter.answer()
    }

    @Test("waiters look after those they wait for: the death of a holder without a wrapper is found")
    func deathOfTheHolder() async throws {
        let site = try currentSite()
        let path = site.path()
        let holder = try await site.hold(path)
        let command = try await site.holder(of: path)
        let waiter = try await site.queue("guardian", path)
        try holder.signal(SIGKILL)
        _ = try await holder.end()
        try signal(SIGKILL, to: command)
        try await waiter.says("ready")
        _ = try await waiter.answer()
    }

    @Test("a try-lock does not take the dead for holders")
    func tryLock() async throws {
        let site = try currentSite()
        let path = site.path()
        let holder = try await site.hold(path)
        let command = try await site.holder(of: path)
        try holder.signal(SIGKILL)
        _ = try await holder.end()
        try signal(SIGKILL, to: command)
        try await ends(command)
        #expect(try await site.ask("--no-wait", path).answer().status == 0)
    }

    @Test("a dead one in the queue does not hold back those behind it")
    func deathInTheQueue() async throws {
        let site = try currentSite()
        let path = site.path()
        let holder = try await site.hold(path)
        let dead = try await site.queue("dead", path)
        let waiter = try await site.queue("behind", path)
        try dead.signal(SIGKILL)
        _ = try await dead.end()
        _ = try await holder.answer()
        try await waiter.says("ready")
        _ = try await waiter.answer()
    }

    @Test("a ring with a party that is dead, which nobody has noticed, is no deadlock: nobody is refused")
    func deadParty() async throws {
        let site = try currentSite()
        let (a, b) = (site.path(), site.path())
        let survivor = try site.ask(
            a, script: "echo ready; read go; interlock lock run \(b) -- true; echo answered:$?")
        try await survivor.says("ready")
        let victim = try site.ask(b, script: "interlock lock run --label dead-child \(a) -- true")
        try await site.waits("dead-child")
        // Its wrapper first, which would tell; then its whole group.
        try victim.signal(SIGKILL)
        _ = try await victim.end()
        let command = try await site.holder(of: b)
        kill(-victim.identity.pid, SIGKILL)
        try await ends(command)
        #expect(try await site.holders(of: b) == [command.pid], "nobody has noticed")
        survivor.type(Array("go\n".utf8))
        #expect(try await survivor.end().output.contains("answered:0\n"))
        #expect(try await site.json("deadlock", "list") == .array([]))
    }

    @Test(
        "whoever's deadline has passed is answered 75 also where somebody else withdraws the request at the same moment"
    )
    func withdrawnByAnother() async throws {
        let site = try currentSite()
        let path = site.path()
        let holder = try await site.hold("--shared", path)
        let late = try await site.queue("late", path, "--wait", "30s")
        try await freeze(late.identity)
        let reader = try await site.queue("behind-late", "--shared", path)
        // From here on whoever appends stands in line: the reader, which withdraws the request, and then the late one.
        let head = try site.connection()
        try head.run("START TRANSACTION")
        try head.run("SELECT position FROM log_head WHERE id = 1 FOR UPDATE")
        try untilInLine(1, on: site)
        try late.signal(SIGCONT)
        try untilInLine(2, on: site)
        try head.run("ROLLBACK")
        #expect(try await late.end().status == 75)
        try await reader.says("ready")
        _ = try await reader.answer()
        _ = try await holder.answer()
    }

    private func untilInLine(_ count: Int, on site: Site) throws {
        let deadline = MonotonicTime.now.advanced(by: patience)
        while try site.appendersInLine() < count { try #require(MonotonicTime.now < deadline) }
    }

    @Test("a request of a dead 'lock acquire' does not hold back those behind it")
    func deathOfAnAcquire() async throws {
        let site = try currentSite()
        let path = site.path()
        let holder = try await site.hold(path)
        let process = try Interlock([Array("cat".utf8)], environment: site.environment)
        let acquire = try site.start(
            ["lock", "acquire", path, "--label", "gone", "--pid", "\(process.identity.pid)"])
        try await site.waits("gone")
        let waiter = try await site.queue("after-gone", path)
        try acquire.signal(SIGKILL)
        _ = try await acquire.end()
        _ = try await site.eventually("the request is withdrawn") { try await site.isWaiting("gone") ? nil : true }
        _ = try await holder.answer()
        try await waiter.says("ready")
        _ = try await waiter.answer()
        _ = try await process.answer()
    }
}
