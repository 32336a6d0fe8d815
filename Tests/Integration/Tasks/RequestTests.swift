import Glibc
import Testing

@testable import System

@Suite("A request for a task", .service(Types.configuration))
struct RequestTests {
    @Test(
        "is refused, and nothing is queued, where it is wrong",
        arguments: [
            (["nonsense"], 66, "there is no task type 'nonsense'"),
            (["patterned"], 64, "argument 'mode' is missing"),
            (["patterned", "--arg", "mode=UPPER"], 64, "does not match its pattern"),
            (["patterned", "--arg", "mode=a", "--arg", "other=b"], 64, "'other' is not declared"),
            (["patterned", "--arg", "mode=a", "--arg", "free=-rf"], 64, "begins with '-'"),
            (["on-app"], 64, "give --app ID"),
            (["shell", "--arg", "script=true", "--arg", "lock=a b"], 64, "is no lock path"),
        ] as [([String], Int32, String)])
    func refused(arguments: [String], status: Int32, words: String) async throws {
        let site = try currentSite()
        for verb in ["start", "run"] {
            let answer = try await site.start(["task", verb] + arguments).answer()
            #expect(answer.status == status)
            #expect(answer.error.contains(words), "\(answer.error)")
            #expect(answer.output.isEmpty)
        }
        let type = arguments[0]
        guard type != "shell", type != "nonsense" else { return }
        #expect(try await site.json("task", "list", "--type", type, "--state", "queued").elements.isEmpty)
    }

    @Test("for an id that does not exist is 66")
    func noSuchTask() async throws {
        let site = try currentSite()
        for verb in ["show", "logs", "wait", "stop"] {
            let answer = try await site.run("task", verb, "nobody")
            #expect(answer.status == 66)
            #expect(answer.error.contains("there is no task 'nobody'"), "\(answer.error)")
        }
    }

    @Test("with --dry-run tells command and locks, and does nothing")
    func dryRun() async throws {
        let site = try currentSite()
        let plan = try await site.json("task", "start", "on-app", "--app", "never", "--dry-run")
        #expect(plan.command == .array(["echo", "never"]))
        #expect(
            plan.locks
                == .array([
                    ["path": "/app/never", "mode": "exclusive"], ["path": "/shared", "mode": "shared"],
                ]))
        #expect(try await site.json("task", "list", "--app", "never").elements.isEmpty)
    }

    @Test("with --unique is answered with the unfinished task of that key")
    func unique() async throws {
        let site = try currentSite()
        let barrier = try site.barrier()
        let first = try await site.task("read x < \(barrier)", "--unique", "only")
        let again = try await site.json(
            "task", "start", "shell", "--arg", "script=true", "--arg", "lock=other", "--unique", "only")
        #expect(again.task.text == first)
        #expect(again.existing == true)
        try await site.pass(barrier)
        _ = try await site.finished(first)
        let next = try await site.task("true", "--unique", "only")
        #expect(next != first)
        _ = try await site.finished(next)
    }

    @Test("passes each argument as one word, whatever is in it")
    func words() async throws {
        let site = try currentSite()
        let answer = try await site.run(
            "task", "run", "patterned", "--json", "--arg", "mode=a", "--arg", "free=$(id) 'x' \"y\"  *")
        let task = try #require(try answer.json.task.text)
        #expect(try await site.run("task", "logs", task).output.contains("out a $(id) 'x' \"y\"  *\n"))
    }
}

@Suite("Inside a task", .service(Types.configuration))
struct InsideTests {
    @Test("progress is told, and is seen from outside")
    func progress() async throws {
        let site = try currentSite()
        let barrier = try site.barrier()
        let task = try await site.task("interlock task progress 40 'half way' && read x < \(barrier)")
        let shown = try await site.eventually("progress") {
            let shown = try await site.show(task)
            return shown.progress == .absent ? nil : shown
        }
        #expect(shown.progress == ["percent": 40, "message": "half way"])
        try await site.pass(barrier)
        #expect(try await site.finished(task).outcome == "succeeded")
    }

    @Test("both outputs go to the log, line by line, and can be followed to the end")
    func logs() async throws {
        let site = try currentSite()
        let barrier = try site.barrier()
        let task = try await site.task("echo first; echo second >&2; read x < \(barrier); echo last")
        let follower = try site.start(["task", "logs", "--follow", task])
        try await follower.says("err second")
        try await site.pass(barrier)
        let answer = try await follower.end()
        #expect(answer.status == 0)
        #expect(answer.output.hasSuffix(" out last\n"))
        #expect(answer.output.split(separator: "\n").count == 3)
        let lines = try JSON.lines(try await site.run("task", "logs", task, "--json").output)
        #expect(Set(lines.compactMap(\.message.text)) == ["first", "second", "last"])
    }

    @Test("the environment is the task's own: task, attempt, session, token, state directory, and no database")
    func environment() async throws {
        let site = try currentSite()
        let task = try await site.task("env; interlock lock run /inside -- true; echo answered:$?")
        #expect(try await site.finished(task).outcome == "succeeded")
        let log = try await site.run("task", "logs", task).output
        for entry in ["INTERLOCK_TASK=\(task)", "INTERLOCK_ATTEMPT=1", "INTERLOCK_STATE_DIR=\(site.stateDirectory)"] {
            #expect(log.contains(" out \(entry)\n"))
        }
        #expect(log.contains("INTERLOCK_SESSION=") && log.contains("INTERLOCK_TOKEN="))
        #expect(!log.contains("INTERLOCK_DATABASE") && !log.contains("INTERLOCK_CONFIG") && !log.contains("HOME="))
        #expect(log.contains("answered:77"))
        #expect(log.contains("Set 'database: true' for its type"))
    }

    @Test("with database: true it takes locks of its own, as a child of the task's session")
    func database() async throws {
        let site = try currentSite()
        let path = site.path()
        let script = "interlock lock run \(path) -- sh -c 'interlock lock list --json'"
        let task = try await site.task(type: "with-database", script)
        #expect(try await site.finished(task).outcome == "succeeded")
        #expect(try await site.run("task", "logs", task).output.contains("\"path\":\"\(path)\""))
        let opened = try await site.events().filter { $0.type == "session.opened" }
        let own = try #require(opened.first { $0.data.task.text == task })
        #expect(opened.contains { $0.data.parent == own.data.session })
    }

    @Test("progress without a task is a usage error")
    func outside() async throws {
        let answer = try await currentSite().run("task", "progress", "5")
        #expect(answer.status == 64)
        #expect(answer.error.contains("does not run inside a task"))
    }
}
