import Glibc
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
