import Foundation
import Glibc
import MySQL
import Seeds
import ServerTesting
import Testing

@testable import System

private let types = """
    host: { id: h1 }
    tasks:
      work:
        command: [sh, -c, 'echo "$INTERLOCK_TASK.$INTERLOCK_ATTEMPT" >> "$0"; sleep 0.3; exit 3', "{file}"]
        arguments: { file: { required: true } }
        locks: [{ path: /work, mode: shared }]
        slots: [/slots/work]
      long:
        command: [sh, -c, 'read x < "$0"', "{barrier}"]
        arguments: { barrier: { required: true, pattern: ".*" } }
    slots: { /slots/work: 8 }
    """

@Suite("While the database is away")
struct DatabaseAwayTests {
    private func make() async throws -> (server: ScratchServer, site: Site) {
        let server = try await ScratchServer.start()
        return (server, try Site(database: try await server.createDatabase().url, configuration: types))
    }

    @Test(
        "in the middle of a burst, tasks run on, and all ends are told once when it is back", .timeLimit(.minutes(10)))
    func burst() async throws {
        let (server, site) = try await make()
        let service = try await Service(site)
        let file = site.scratch.file("starts")
        var tasks: [String] = []
        for _ in 0..<(Setting.isSoak ? 200 : 24) {
            let answer = try await site.start(["task", "start", "work", "--json", "--arg", "file=\(file)"]).answer()
            tasks.append(try #require(try answer.json.task.text))
        }
        #expect(try await site.finished(tasks[tasks.count / 4]).outcome == "failed")
        try await server.kill()
        let refused = try await site.run("task", "start", "work", "--arg", "file=\(file)")
        #expect(refused.status == 69, "nobody waits, so nobody is made to")
        // What runs ends; its end is in its shim's record until the database is back.
        try await service.process.complains("waits for the database")
        let away = try Interlock(
            ["sleep", Setting.isSoak ? "60" : "2"].map { Array($0.utf8) },
            environment: [
                "PATH": "/usr/bin:/bin"
            ])
        _ = try await away.answer()
        #expect(try survivors(of: tasks) == [])
        try await server.restart()
        for task in tasks { #expect(try await site.start(["task", "wait", task]).answer().status == 3) }
        let ends = try await site.events().filter { $0.type == "task.finished" }
        #expect(ends.count == tasks.count)
        #expect(ends.allSatisfy { $0.data.outcome == "failed" && $0.data.exitCode == 3 })
        let starts = site.scratch.text("starts").split(separator: "\n")
        #expect(starts.count == tasks.count && Set(starts).count == tasks.count)
        #expect(try await service.stop().status == 0)
        try await site.expectSound()
    }

    @Test("who waits is told, and goes on waiting; who set a time ends with 69 when it is over")
    func waiters() async throws {
        let (server, site) = try await make()
        let service = try await Service(site)
        let (path, barrier) = (site.path(), try site.barrier())
        let holder = try await site.hold(path)
        let lock = try await site.queue("patient", path)
        let hasty = try await site.queue("hasty", path, "--wait", "5s")
        let task = try #require(
            try await site.start(["task", "start", "long", "--json", "--arg", "barrier=\(barrier)"]).answer().json.task
                .text)
        try await site.task(task, is: "running")
        let waiting = try site.start(["task", "wait", task])
        try await waiting.complains("is running")
        try await server.kill()
        for waiter in [lock, waiting] { try await waiter.complains("waiting for the database, 120 s at most") }
        #expect(try await hasty.end().status == 69)
        try await site.pass(barrier)
        try await server.restart()
        for waiter in [lock, waiting] { try await waiter.complains("the database is back") }
        #expect(try await waiting.end().status == 0)
        _ = try await holder.answer()
        try await lock.says("ready")
        #expect(try await lock.answer().status == 0)
        #expect(try await service.stop().status == 0)
        try await site.expectSound()
    }
}
