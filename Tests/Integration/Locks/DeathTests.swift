import Glibc
import Testing

@testable import System

@Suite("The holder of a lock is the command, not its wrapper", .service)
struct DeathTests {
    @Test("a wrapper killed while it holds leaves the lock with the command, and the next in line gets it at its end")
    func wrapperKilled() async throws {
        let site = try currentSite()
        let path = site.path()
        let holder = try await site.hold(path)
        let command = try await site.holder(of: path)
        #expect(command.pid != holder.identity.pid)
        let next = try await site.queue("next", path)
        try holder.signal(SIGKILL)
        #expect(try await holder.end().status == 137)
        // The runner has judged the death by now: this grant came after it.
        #expect(try await site.ask(site.path(), script: "true").answer().status == 0)
        #expect(try await site.holders(of: path) == [command.pid])
        #expect(lives(command))
        holder.letGo()
        try await next.says("ready")
        #expect(!lives(command))
        _ = try await next.answer()
    }

    @Test("a wrapper killed while it waits takes its child and its request with it")
    func waiterKilled() async throws {
        let site = try currentSite()
        let path = site.path()
        let holder = try await site.hold(path)
        let waiter = try await site.queue("killed", path)
        let child = try await child(of: "killed", site)
        try waiter.signal(SIGKILL)
        try await ends(child)
        _ = try await site.eventually("the request is withdrawn") {
            try await site.isWaiting("killed") ? nil : true
        }
        #expect(waiter.output.isEmpty)
        #expect(try await site.history(path).contains { $0.event == "withdrawn" && $0.cause == "session-ended" })
        _ = try await holder.answer()
    }

    @Test("a killed command frees its locks, and the wrapper says 137")
    func commandKilled() async throws {
        let site = try currentSite()
        let path = site.path()
        let holder = try await site.hold(path)
        let next = try await site.queue("heir", path)
        try signal(SIGKILL, to: try await site.holder(of: path))
        #expect(try await holder.end().status == 137)
        try await next.says("ready")
        _ = try await next.answer()
    }

    @Test("a killed command whose wrapper is stopped frees its locks all the same")
    func commandKilledBehindStoppedWrapper() async throws {
        let site = try currentSite()
        let path = site.path()
        let holder = try await site.hold(path)
        let next = try await site.queue("successor", path)
        try await freeze(holder.identity)
        try signal(SIGKILL, to: try await site.holder(of: path))
        try await next.says("ready")
        _ = try await next.answer()
        try holder.signal(SIGCONT)
        #expect(try await holder.end().status == 137)
    }

    @Test("stopping the command or the wrapper frees nothing", arguments: [true, false])
    func stopped(command: Bool) async throws {
        let site = try currentSite()
        let path = site.path()
        let holder = try await site.hold(path)
        let process = command ? try await site.holder(of: path) : holder.identity
        try await freeze(process)
        // Whoever asks looks after those in the way, and so does the runner at every commit: neither finds a death.
        let answer = try await site.ask("--wait", "1s", path).answer()
        #expect(answer.status == 75)
        #expect(try await site.holders(of: path).count == 1)
        try signal(SIGCONT, to: process)
        #expect(try await holder.answer().status == 0)
        try await site.isFree(path)
    }

    @Test("a stopped waiter that is in line gets its lock in its turn, and starts when it goes on")
    func stoppedWaiter() async throws {
        let site = try currentSite()
        let path = site.path()
        let holder = try await site.hold(path)
        let waiter = try await site.queue("sleeper", path)
        try await freeze(waiter.identity)
        _ = try await holder.answer()
        _ = try await site.eventually("the sleeper holds") { try await site.holders(of: path).first }
        #expect(waiter.output.isEmpty)
        try waiter.signal(SIGCONT)
        try await waiter.says("ready")
        _ = try await waiter.answer()
    }

    private func child(of label: String, _ site: Site) async throws -> ProcessIdentity {
        let waiting = try await site.locks().waiting.elements
        let pid = try #require(waiting.first { $0.holder.label.text == label }?.holder.pid.integer)
        return try ProcessIdentity.of(pid: Int32(pid))
    }
}
