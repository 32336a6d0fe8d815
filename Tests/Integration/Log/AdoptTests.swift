import Foundation
import Glibc
import LogChecking
import Testing

@testable import System

@Suite("A restored database")
struct AdoptTests {
    /// The commands that append, or tell what is so now.
    private static let acting = [
        "lock run /x --no-wait -- true", "lock list", "lock check /a --token 3", "lock release --token 3",
        "lock downgrade /a --token 3", "lock break /a --token 3 --reason why", "lock why /a", "task start shell",
        "task list", "task show x", "task stop x", "task wait x", "task retry x", "log redact 1 --reason why", "serve",
        "reaction list",
    ]
    private static let looking = [
        "log verify", "log stats", "log export", "log tail", "log show 1", "projection check", "projection list",
        "lock history", "deadlock list", "replay --at 1",
    ]
    private static let configuration = """
        tasks: { shell: { command: ["true"] } }
        """

    @Test("is refused by everything that appends or tells what is so now; looking back tells of it")
    func refused() async throws {
        let site = try await Site.used(configuration: Self.configuration)
        try site.dump()
        try await site.use()
        try site.restore()
        for line in Self.acting {
            let words = line.split(separator: " ").map(String.init)
            try await site.refuses(words, 65, "restored", "position 5, and position 10 was seen here")
        }
        let pid = String(getpid())
        try await site.refuses(["lock", "acquire", "/x", "--pid", pid], 65, "restored", "log adopt")
        for line in Self.looking {
            let answer = try await site.start(line.split(separator: " ").map(String.init)).answer()
            #expect(answer.status == 0, "\(line): \(answer)")
            #expect(answer.error.contains("position 10 was seen here"), "\(line): \(answer)")
        }
        let doctor = try await site.run("doctor")
        #expect(doctor.output.contains("position 10 was seen here"))
        #expect(try site.number("SELECT COUNT(*) FROM event") == 5)

        let trial = try await site.json("log", "adopt", "--dry-run")
        #expect(trial.adopted == false && trial.position == 1_000_010 && trial.previousHead == 5)
        #expect(try site.number("SELECT COUNT(*) FROM event") == 5)
        let done = try await site.json("log", "adopt")
        #expect(done.adopted == true && done.position == 1_000_010 && done.highestSeen == 10)
        try await site.refuses(["log", "adopt"], 1, "nothing-to-adopt", "ends at position 1000011")
        let event = try await site.json("log", "show", "1000010")
        #expect(event.type == "log.restored" && event.stream == "log" && event.data.previousHead == 5)
        try await site.use()
        #expect(try await site.run("log", "tail", "-n", "7").lines.count == 7)
        let verdict = try await site.json("log", "verify")
        #expect(verdict.events == 12 && verdict.head == 1_000_016)
        let told = try await site.json("notification", "list").elements
        #expect(told.count == 1 && told.first?.kind == "database-restored" && told.first?.severity == "critical")
        try await site.refuses(
            ["log", "redact", "1000010", "--reason", "x"], 1, "wrong-state", "positions are left out")
        let last = try await site.run("replay", "--at", "500000", "--view", "locks")
        #expect(last.status == 0, "\(last.error)")
        try await site.expectSound()
    }

    @Test("that is empty, or another one, is refused too, and can be taken over")
    func another() async throws {
        let site = try await Site.used()
        let other = try await Site.make()
        let environment = ["INTERLOCK_STATE_DIR": site.stateDirectory]
        try await other.refuses(["lock", "list"], 65, "restored", "is another one", environment)
        let answer = try await other.run("log", "adopt", environment: environment)
        #expect(answer.status == 0, "\(answer.error)")
        #expect(try await other.head() == 1_000_006)
        try await site.refuses(["lock", "list"], 65, "restored", "is another one")
        let (export, file) = (try await other.run("log", "export").output, other.scratch.file("log"))
        try export.write(toFile: file, atomically: true, encoding: .utf8)
        #expect(try await other.run("replay", "--log", file).status == 0)
        try await other.expectSound()
    }

    @Test("is accepted by a state directory whose highest was left out, and refused by one that is ahead")
    func others() async throws {
        let site = try await Site.used()
        let (third, ahead) = (
            ["INTERLOCK_STATE_DIR": site.scratch.file("third")], ["INTERLOCK_STATE_DIR": site.scratch.file("ahead")]
        )
        try site.dump()
        for environment in [third, ahead] {
            #expect(try await site.run("lock", "run", "/b", "--", "true", environment: environment).status == 0)
        }
        try site.restore()
        // Its first word is the position.
        let seen = try #require(ahead["INTERLOCK_STATE_DIR"]) + "/highest-seen"
        let text = try String(contentsOfFile: seen, encoding: .utf8)
        let words = try #require(text.split(separator: "\n").first { $0.hasPrefix("15 ") }).split(separator: " ")
        let line = "3000000 \(words[1]) \(words[2]) 3000000".padding(toLength: 127, withPad: " ", startingAt: 0)
        try (line + "\n" + text.dropFirst(128)).write(toFile: seen, atomically: true, encoding: .utf8)

        // Here the dump's end is all that was seen.
        try await site.refuses(["log", "adopt"], 1, "nothing-to-adopt", "position 5")
        let answer = try await site.run("log", "adopt", environment: third)
        #expect(answer.status == 0, "\(answer.error)")
        for environment in [[:], third] {
            #expect(try await site.run("lock", "run", "/b", "--", "true", environment: environment).status == 0)
        }
        try await site.refuses(["lock", "run", "/b", "--", "true"], 65, "restored", "position 3000000 was seen", ahead)
        #expect(try await site.run("log", "adopt", environment: ahead).status == 0)
        #expect(try await site.head() == 4_000_001)
        for environment in [[:], third, ahead] {
            #expect(try await site.run("lock", "run", "/b", "--", "true", environment: environment).status == 0)
        }
        try await site.expectSound()
    }

    @Test("goes on with what lives and matches, and ends the rest; nothing is killed, no token issued twice")
    func takenOver() async throws {
        let site = try await Site.make(configuration: Types.configuration)
        let service = try await Service(site)
        let (runs, exits, dies, strays) = (
            try site.barrier(), try site.barrier(), try site.barrier(), try site.barrier()
        )
        let locks = (runs: site.path(), alive: site.path(), dead: site.path())
        let running = try await site.task("read x < \(runs); exit 5", lock: locks.runs)
        let exiting = try await site.task("read x < \(exits); exit 7")
        let dying = try await site.task("read x < \(dies)")
        for task in [running, exiting, dying] { try await site.task(task, is: "running") }
        let (alive, dead) = (try await site.hold(locks.alive), try await site.hold(locks.dead))
        let token = try #require(
            try await site.locks().held.elements.first { $0.path.text == locks.alive }?.token.integer)
        try site.dump()

        // The log goes on.
        let stray = try await site.task("read x < \(strays); exit 0")
        let main = try await ProcessIdentity.of(pid: Int32(try #require(site.task(stray, is: "running").pid.integer)))
        try await site.pass(exits)
        #expect(try await site.finished(exiting).exitCode == 7)
        try FileManager.default.removeItem(atPath: "\(site.stateDirectory)/tasks/\(exiting).1/exit")
        try await site.pass(dies)
        #expect(try await site.finished(dying).outcome == "succeeded")
        try signal(SIGKILL, to: try await site.holder(of: locks.dead))
        _ = try await dead.end()
        try await site.isFree(locks.dead)
        for _ in 0..<5 { #expect(try await site.run("lock", "run", locks.dead, "--", "true").status == 0) }
        let old = site.scratch.file("old")
        try await site.run("log", "export").output.write(toFile: old, atomically: true, encoding: .utf8)
        let highest = try await site.head()

        try site.restore()
        let end = try await service.process.end()
        #expect(end.status == 65 && end.error.contains("was seen here"), "\(end)")
        let adopted = try await site.json("log", "adopt")
        #expect(adopted.position == .integer(highest + 1_000_000))
        #expect(adopted.running.elements == [.string(running)])
        #expect(Set(adopted.over.elements.compactMap(\.text)) == [exiting, dying])
        #expect(adopted.strays.elements.map(\.task.text) == [stray])
        // What has a runner to end it is left to it.
        #expect(adopted.finished.elements.isEmpty)
        // The runner, and the command that is dead.
        #expect(adopted.ended.elements.count == 2)

        #expect(try await site.run("lock", "check", locks.alive, "--token", "\(token)").status == 0)
        #expect(try await site.holders(of: locks.dead).isEmpty)
        #expect(!(try await site.holders(of: locks.runs).isEmpty))
        #expect(main.liveness() == .alive)
        let again = try await site.run("lock", "run", locks.dead, "--", "sh", "-c", "echo $INTERLOCK_TOKEN")
        #expect(try #require(Int(again.output.dropLast())) > highest + 1_000_000)

        try await service.restart()
        #expect(try await site.finished(exiting).outcome == "lost")
        #expect(try await site.finished(dying).outcome == "succeeded")
        #expect(try await site.show(running).state == "running")
        try await site.pass(runs)
        let outcome = try await site.finished(running)
        #expect(outcome.outcome == "failed" && outcome.exitCode == 5 && outcome.attempt == 1)
        #expect(try await alive.answer().status == 0)
        try await site.pass(strays)
        try await ends(main)
        #expect(try await service.stop().status == 0)
        let new = site.scratch.file("new")
        try await site.run("log", "export").output.write(toFile: new, atomically: true, encoding: .utf8)
        let twice = try LogChecker.python(["twice.py", old, new])
        #expect(twice.status == 0, "\(twice.output)")
        try await site.expectSound()
    }

    @Test("is not taken over while the runner that the dump knows lives")
    func runner() async throws {
        let site = try await Site.make()
        let service = try await Service(site)
        try site.dump()
        try await site.use()
        try await freeze(service.process.identity)
        try site.restore()
        try await site.refuses(["log", "adopt"], 1, "another-runner", "process \(service.process.identity.pid)")
        try await service.kill()
        let adopted = try await site.json("log", "adopt")
        #expect(adopted.ended.elements.count == 1)
        try await service.restart()
        #expect(try await service.stop().status == 0)
        try await site.expectSound()
    }

    @Test("ends a service that wakes when it was taken over already")
    func late() async throws {
        let site = try await Site.make()
        try await site.use()
        try site.dump()
        // The dump knows nothing of it.
        let service = try await Service(site)
        try await freeze(service.process.identity)
        try site.restore()
        #expect(try await site.run("log", "adopt").status == 0)
        try signal(SIGCONT, to: service.process.identity)
        let end = try await service.process.end()
        #expect(end.status == 65 && end.error.contains("restored"), "\(end)")
        try await site.expectSound()
    }
}
