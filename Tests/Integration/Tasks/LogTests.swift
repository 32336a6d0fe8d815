import Glibc
import Testing

@testable import System

@Suite("The log of a task", .service(Types.configuration))
struct LogTests {
    @Test("is followed from before the start of the task to its end, without what --tail leaves out")
    func follow() async throws {
        let site = try currentSite()
        let (lock, barrier) = (site.path(), try site.barrier())
        let holder = try await site.hold(lock)
        let task = try await site.task("seq 5; echo half >&2; read x < \(barrier); echo last; exit 3", lock: lock)
        let early = try site.start(["task", "logs", "--follow", task])
        _ = try await holder.answer()
        try await early.says("err half")
        let late = try site.start(["task", "logs", "--follow", "--tail", "2", task])
        try await late.says("err half")
        try await site.pass(barrier)
        let all = try await early.end()
        #expect(all.status == 0)
        #expect(words(all.output) == ["out 1", "out 2", "out 3", "out 4", "out 5", "err half", "out last"])
        #expect(words(try await late.end().output) == ["out 5", "err half", "out last"])
        #expect(try await site.finished(task).exitCode == 3)
        #expect(words(try await site.run("task", "logs", task).output) == words(all.output))
        #expect(words(try await site.run("task", "logs", "-n", "1", task).output) == ["out last"])
        #expect(words(try await site.run("task", "logs", "--attempt", "1", "-n", "1", task).output) == ["out last"])
        try await site.refuses(
            ["task", "logs", "--attempt", "2", task], 66, "no-such-attempt", "task \(task) has no attempt 2")
    }

    @Test("is followed to the end also where the shim is killed")
    func lost() async throws {
        let site = try currentSite()
        let task = try await site.task("echo begun; sleep 1000")
        let follower = try site.start(["task", "logs", "-f", task])
        try await follower.says("out begun")
        let pid = try #require(try await site.task(task, is: "running").pid.integer)
        try signal(SIGKILL, to: try ProcessIdentity.of(pid: try ProcessStatus.of(pid: Int32(pid)).parent))
        let answer = try await follower.end()
        #expect(answer.status == 0)
        #expect(words(answer.output) == ["out begun"])
        #expect(try await site.finished(task).outcome == "lost")
    }

    @Test("gives every byte, as it came in text and as base 64 in JSON")
    func bytes() async throws {
        let site = try currentSite()
        let task = try await site.task("printf 'a\\377b\\n'; head -c 10000 /dev/zero | tr '\\0' x")
        #expect(try await site.finished(task).outcome == "succeeded")
        let lines = try JSON.lines(try await site.run("task", "logs", "--json", task).output)
        #expect(lines.count == 3)
        #expect(lines[0].base64 == "Yf9i")
        #expect(lines[1].continues == true && lines[2].continues == .absent)
        #expect(
            try #require(lines[1].message.text) + (try #require(lines[2].message.text))
                == String(repeating: "x", count: 10_000))
    }
}

private let repeated = """
    tasks:
      repeated:
        command: [sh, -c, "echo attempt $INTERLOCK_ATTEMPT; exit 1"]
        retries: { max: 2, backoff: 10ms }
    """

@Suite("The log of a task that is retried", .service(repeated))
struct RetriedLogTests {
    @Test("is followed from one attempt to the next, and each can be had by itself")
    func attempts() async throws {
        let site = try currentSite()
        let start = try await site.start(["task", "start", "--json", "repeated"]).answer()
        let task = try #require(try start.json.task.text)
        let follower = try site.start(["task", "logs", "--follow", task])
        let followed = words(try await follower.end().output)
        // Who comes late begins with the attempt that counts then.
        #expect(followed.last == "out attempt 3")
        #expect(followed == Array((1...3).map { "out attempt \($0)" }.suffix(followed.count)))
        for attempt in 1...3 {
            let arguments = ["task", "logs", "--attempt", "\(attempt)", task]
            for more in [[], ["--follow"]] {
                let answer = try await site.start(arguments + more).answer()
                #expect(words(answer.output) == ["out attempt \(attempt)"])
            }
        }
    }
}

/// Each line without its time.
private func words(_ output: String) -> [String] {
    output.split(separator: "\n").map { $0.split(separator: " ", maxSplits: 1).last.map(String.init) ?? "" }
}
