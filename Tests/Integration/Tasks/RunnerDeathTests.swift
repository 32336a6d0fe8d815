import Foundation
import Glibc
import Testing

@testable import System

@Suite("When the runner ends, tasks run on")
struct RunnerDeathTests {
    /// A service of the test's own, ended in order; then the log must be sound.
    private func withService(_ body: (Service) async throws -> Void) async throws {
        let service = try await Service(try await Site.make(configuration: Types.configuration))
        try await body(service)
        #expect(try await service.stop().status == 0)
        try await service.site.expectSound()
    }

    @Test("a runner that is killed and started again takes up what still runs")
    func adopts() async throws {
        try await withService { service in
            let site = service.site
            let (lock, barrier) = (site.path(), try site.barrier())
            let task = try await site.task("read x < \(barrier); exit 5", lock: lock)
            let before = try await site.task(task, is: "running")
            try await service.kill()
            #expect(try await site.holders(of: lock).map(Int.init) == [before.pid.integer])
            try await service.restart()
            let after = try await site.show(task)
            #expect(after.state == "running")
            #expect(after.pid == before.pid)
            try await site.pass(barrier)
            let end = try await site.finished(task)
            #expect(end.outcome == "failed")
            #expect(end.exitCode == 5)
            #expect(end.attempt == 1)
            #expect(try await site.holders(of: lock).isEmpty)
        }
    }

    @Test("a runner that is killed and started again tells the true outcome of what ended meanwhile")
    func collects() async throws {
        try await withService { service in
            let site = service.site
            let barriers = try (1...3).map { _ in try site.barrier() }
            let scripts = zip(barriers, ["exit 0", "exit 9", "kill -KILL $$"]).map { "read x < \($0); \($1)" }
            var tasks: [String] = []
            for script in scripts { tasks.append(try await site.task(script)) }
            var mains: [ProcessIdentity] = []
            for task in tasks {
                let pid = try #require(try await site.task(task, is: "running").pid.integer)
                mains.append(try ProcessIdentity.of(pid: Int32(pid)))
            }
            try await service.kill()
            for barrier in barriers { try await site.pass(barrier) }
            for main in mains { try await ends(main) }
            #expect(try await site.show(tasks[0]).state == "running", "nobody has said otherwise yet")
            try await service.restart()
            var outcomes: [String?] = []
            for task in tasks { outcomes.append(try await site.finished(task).outcome.text) }
            #expect(outcomes == ["succeeded", "failed", "crashed"])
        }
    }

    @Test("a task that was claimed but not started when the runner died is started once")
    func claimedOnly() async throws {
        try await withService { service in
            let site = service.site
            let book = site.scratch.file("starts")
            // The runner stands still while the task is claimed for it, and never goes on.
            try await freeze(service.process.identity)
            let task = try await site.task("echo started >> \(book)")
            #expect(try await site.show(task).state == "claimed")
            try await service.kill()
            try await service.restart()
            #expect(try await site.finished(task).outcome == "succeeded")
            #expect(site.scratch.text("starts") == "started\n")
        }
    }

    @Test("a task whose shim was late when the runner died is started once")
    func lateShim() async throws {
        let site = try await Site.make(configuration: Types.configuration)
        // A build of our own, whose shim stops at a barrier before it becomes the real one.
        let barrier = try site.barrier()
        // By another process: who writes a program while others fork may find it busy.
        let copy = try Interlock(
            ["cp", Built.interlock, site.scratch.file("interlock")].map { Array($0.utf8) },
            environment: site.environment)
        #expect(try await copy.answer().status == 0)
        try site.scratch.write(
            "#!/bin/sh\necho $$ > \(site.scratch.file("late"))\nread x < \(barrier)\nexec \(Built.directory)/interlock-shim \"$@\"\n",
            to: "interlock-shim")
        chmod(site.scratch.file("interlock-shim"), 0o755)
        let first = try Interlock(
            [site.scratch.file("interlock"), "serve"].map { Array($0.utf8) }, environment: site.environment)
        try await first.complains("serving")
        let book = site.scratch.file("starts")
        let task = try await site.task("echo started >> \(book)")
        let late = try await site.scratch.process("late")
        try first.signal(SIGKILL)
        _ = try await first.end()

        let service = try await Service(site)
        #expect(try await site.finished(task).outcome == "succeeded")
        try await site.pass(barrier)
        try await ends(late)
        #expect(site.scratch.text("starts") == "started\n")
        #expect(try await service.stop().status == 0)
        try await site.expectSound()
    }

    @Test("a second runner of a host refuses while the first lives, and takes over when it is dead")
    func second() async throws {
        try await withService { service in
            let refused = try await service.site.run("serve")
            #expect(refused.status == 1)
            let pid = service.process.identity.pid
            #expect(refused.error.contains("another runner of this host lives, process \(pid)"))
            try await freeze(service.process.identity)
            #expect(try await service.site.run("serve").status == 1, "a stopped one lives")
            try await service.kill()
            try await service.restart()
        }
    }

    @Test("a runner that ends in order leaves tasks running, and the next one takes them up")
    func orderly() async throws {
        try await withService { service in
            let site = service.site
            let barrier = try site.barrier()
            let task = try await site.task("read x < \(barrier)")
            try await site.task(task, is: "running")
            #expect(try await service.stop().status == 0)
            #expect(try await site.show(task).state == "running")
            try await service.restart()
            try await site.pass(barrier)
            #expect(try await site.finished(task).outcome == "succeeded")
        }
    }

    @Test("a task whose type has gone from the configuration is not started, and says why")
    func typeGone() async throws {
        try await withService { service in
            let site = service.site
            let lock = site.path()
            let holder = try await site.hold(lock)
            let task = try await site.task("true", lock: lock)
            try await service.kill()
            try site.scratch.write("host: { id: h1 }\n", to: "interlock.yaml")
            try await service.restart()
            _ = try await holder.answer()
            let end = try await site.finished(task)
            #expect(end.outcome == "not-started")
            #expect(end.evidence.text?.contains("no task type 'shell'") == true)
            #expect(try await site.run("task", "wait", task).status == 70)
        }
    }

    @Test("a task whose files are gone is lost, not started again, and nothing of it lives on")
    func filesGone() async throws {
        try await withService { service in
            let site = service.site
            let file = site.scratch.file("starts")
            let task = try await site.task("echo once >> \(file); exec sleep 1000")
            try await site.task(task, is: "running")
            try await service.kill()
            try Directory.removeTree("\(site.stateDirectory)/tasks/\(task).1")
            try await service.restart()
            let end = try await site.finished(task)
            #expect(end.outcome == "lost")
            #expect(end.evidence.text?.contains("its files are gone") == true)
            #expect(try survivors(of: [task]) == [])
            #expect(site.scratch.text("starts") == "once\n")
        }
    }

    @Test("a stop that was ordered while there was no runner is carried out by the next one")
    func stopMeanwhile() async throws {
        try await withService { service in
            let site = service.site
            let task = try await site.task("sleep 100")
            try await site.task(task, is: "running")
            try await service.kill()
            #expect(try await site.run("task", "stop", task).status == 0)
            try await service.restart()
            #expect(try await site.finished(task).outcome == "stopped")
        }
    }

    @Test("without a runner a task waits in the queue, holds back nobody, and task wait gives up with 69")
    func noRunner() async throws {
        let site = try await Site.make(configuration: Types.configuration)
        let lock = site.path()
        let task = try await site.task("true", lock: lock)
        #expect(try await site.ask("--no-wait", lock, script: "true").answer().status == 0)
        for command in [["task", "wait", task], ["task", "run", "missing"]] {
            let answer = try await site.start(command).answer()
            #expect(answer.status == 69)
            #expect(answer.error.contains("no runner of this host would start it"))
            #expect(answer.error.contains("interlock serve"))
        }
        let service = try await Service(site)
        #expect(try await site.finished(task).outcome == "succeeded")
        #expect(try await service.stop().status == 0)
        try await site.expectSound()
    }
}
