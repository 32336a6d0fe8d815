import Foundation
import Testing

@testable import System

extension Site {
    /// A task that hands its token on to a file beside the state directory; a `script` may come before.
    fileprivate func secretive(_ script: String = "true", _ options: String...) async throws -> String {
        let script = "\(script); printf %s \"${INTERLOCK_ARGUMENT_TOKEN-none}\" > \(scratch.path)/token.$INTERLOCK_TASK"
        let arguments = ["task", "start", "secretive", "--json", "--arg", "script=\(script)"]
        let answer = try await start(arguments + options).answer()
        try #require(answer.status == 0, "\(answer.error)")
        return try #require(try answer.json.task.text)
    }

    fileprivate func token(_ task: String) -> String { scratch.text("token.\(task)") }
}

@Suite("A secret argument", .service(Types.configuration))
struct SecretTests {
    private let word = "hunter2-correct-horse"

    @Test("reaches its task by its environment, and is nowhere else: no event, answer, file, log or command line")
    func nowhereElse() async throws {
        let site = try currentSite()
        let barrier = try site.barrier()
        let task = try await site.secretive("read x < \(barrier)", "--arg", "token=\(word)")
        let shown = try await site.task(task, is: "running")
        let pid = try #require(shown.pid.integer)
        let line = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline").map {
            String(decoding: $0, as: UTF8.self)
        }
        #expect(line?.contains("INTERLOCK_ARGUMENT_TOKEN") == true && line?.contains(word) == false)
        #expect(try site.sealed(task).count == 1)
        try await nobodyTells(of: task, site)

        try await site.pass(barrier)
        #expect(try await site.finished(task).outcome == "succeeded")
        #expect(site.token(task) == word)
        #expect(try site.sealed(task).isEmpty)
        try await nobodyTells(of: task, site)
        let service = try currentService()
        #expect(!service.process.output.contains(word) && !service.process.error.contains(word))
    }

    private func nobodyTells(of task: String, _ site: Site) async throws {
        #expect(try site.files(holding: word) == [])
        #expect(try site.rows(holding: word) == 0)
        let commands = [
            ["task", "show", task], ["task", "list"], ["task", "logs", task], ["log", "export"], ["log", "tail"],
            ["log", "stats"], ["lock", "list"], ["lock", "history"], ["task", "types"], ["projection", "list"],
        ]
        for command in commands {
            for options in [[], ["--json"]] {
                let answer = try await site.start(command + options).answer()
                #expect(answer.status == 0, "\(command): \(answer.error)")
                #expect(!answer.output.contains(word) && !answer.error.contains(word), "\(command + options)")
            }
        }
        let queued = try #require(
            try await site.events().first { $0.type == "task.queued" && $0.data.task.text == task })
        #expect(queued.data.secrets == .array(["token"]))
        #expect(queued.data.arguments.token == .absent)
        let shown = try await site.show(task)
        #expect(shown.secrets == .array(["token"]) && shown.arguments.token == .absent)
    }

    @Test("is read from a file or from standard input, so that no command line holds it")
    func files() async throws {
        let site = try currentSite()
        try site.scratch.write("from a file\n", to: "given")
        let first = try await site.secretive("true", "--arg-file", "token=\(site.scratch.file("given"))")
        #expect(try await site.finished(first).outcome == "succeeded")
        #expect(site.token(first) == "from a file")

        let script = "printf %s \"$INTERLOCK_ARGUMENT_TOKEN\" > \(site.scratch.path)/typed"
        let run = try site.start(["task", "run", "secretive", "--arg", "script=\(script)", "--arg-file", "token=-"])
        run.type(Array("-typed: \u{e4} 'x'\n".utf8))
        let refused = try await run.answer()
        #expect(refused.status == 64 && refused.error.contains("argument 'token' begins with '-'"))
        let again = try site.start(["task", "run", "secretive", "--arg", "script=\(script)", "--arg-file", "token=-"])
        again.type(Array("typed: \u{e4} 'x'\n".utf8))
        let answer = try await again.answer()
        #expect(answer.status == 0, "\(answer.error)")
        #expect(!answer.error.contains("a command line is seen"))
        #expect(site.scratch.text("typed") == "typed: \u{e4} 'x'")

        let missing = try await site.run("task", "start", "secretive", "--arg-file", "token=/nowhere/token")
        #expect(missing.status == 66 && missing.error.contains("/nowhere/token, is not there"))
    }

    @Test("that is not given is not in the environment; one on the command line is warned of")
    func optional() async throws {
        let site = try currentSite()
        let task = try await site.secretive()
        #expect(try await site.finished(task).outcome == "succeeded")
        #expect(site.token(task) == "none")
        #expect(try await site.show(task).secrets == .absent)
        let warned = try await site.run("task", "run", "secretive", "--arg", "script=true", "--arg", "token=\(word)")
        #expect(warned.error.contains("--arg-file token=PATH") && !warned.error.contains(word))
        let refused = try await site.run("task", "run", "secretive", "--arg", "script=true", "--arg", "pin=\(word)")
        #expect(refused.status == 64 && !refused.error.contains(word))
    }

    @Test("is kept by a key that is the state directory's, 32 bytes that nobody else may read")
    func key() async throws {
        let site = try currentSite()
        _ = try await site.finished(try await site.secretive("true", "--arg", "token=x"))
        let path = site.stateDirectory + "/secrets.key"
        #expect(try FileSystem.mode(of: path) == 0o600)
        #expect(try readFile(path, limit: 100).count == 32)
    }
}

/// Each has a site of its own, and a runner when it wants one.
@Suite("A secret argument whose task is not started yet")
struct KeptSecretTests {
    private func site() async throws -> Site { try await Site.make(configuration: Types.configuration) }

    @Test("is given to the next runner")
    func later() async throws {
        let site = try await site()
        let task = try await site.secretive("true", "--arg", "token=later", "--arg", "pin=42")
        #expect(try site.sealed(task).count == 2)
        let service = try await Service(site)
        #expect(try await site.finished(task).outcome == "succeeded")
        #expect(site.token(task) == "later")
        #expect(try site.number("SELECT COUNT(*) FROM secret") == 0)
        #expect(try await service.stop().status == 0)
        try await site.expectSound()
    }

    @Test("goes with a task that is stopped before")
    func stopped() async throws {
        let site = try await site()
        let task = try await site.secretive("true", "--arg", "token=later")
        let other = try await site.secretive("true", "--arg", "token=other")
        #expect(try await site.run("task", "stop", task).status == 0)
        #expect(try site.sealed(task).isEmpty)
        #expect(try site.sealed(other).count == 1)
        try await site.expectSound()
    }

    @Test(
        "that cannot be opened leaves it not started, and says what to do",
        arguments: [
            ("rm $KEY", "is missing: put it back"),
            ("head -c 32 /dev/urandom > $KEY", "was encrypted with another key than"),
            ("head -c 31 /dev/urandom > $KEY", "has 31 bytes, not the 32 of a key"),
            ("chmod 644 $KEY", "run: chmod 600"),
            ("ln -sf /dev/null $KEY", "cannot open"),
        ])
    func unusable(change: String, words: String) async throws {
        let site = try await site()
        let task = try await site.secretive("true", "--arg", "token=later")
        let key = site.stateDirectory + "/secrets.key"
        let shell = try Interlock(
            ["sh", "-c", change].map { Array($0.utf8) }, environment: ["PATH": "/usr/bin:/bin", "KEY": key])
        #expect(try await shell.answer().status == 0)
        try await expectNotStarted(task, words, site)
    }

    @Test("that was changed in the database, or put in another one's place, leaves it not started")
    func tampered() async throws {
        let site = try await site()
        let (first, second) = (
            try await site.secretive("true", "--arg", "token=a"), try await site.secretive("true", "--arg", "token=b")
        )
        try site.sql(
            "UPDATE secret SET owner = 'x' WHERE owner = 'task-\(first)'",
            "UPDATE secret SET owner = 'task-\(first)' WHERE owner = 'task-\(second)'")
        let service = try await Service(site)
        for (task, words) in [(first, "is damaged"), (second, "is not in the database")] {
            let end = try await site.finished(task)
            #expect(end.outcome == "not-started")
            #expect(end.evidence.text?.contains(words) == true, "\(end.evidence)")
        }
        #expect(try await service.stop().status == 0)
    }

    @Test("that the configuration does not call secret any more is not put on a command line")
    func reconfigured() async throws {
        let site = try await site()
        let task = try await site.secretive("true", "--arg", "token=later")
        let changed = Types.configuration.replacingOccurrences(of: "token: { secret: true }", with: "token: {}")
        try site.scratch.write("host: { id: h1 }\n" + changed, to: "interlock.yaml")
        try await expectNotStarted(task, "does not call it one any more", site)
    }

    private func expectNotStarted(_ task: String, _ words: String, _ site: Site) async throws {
        let service = try await Service(site)
        let end = try await site.finished(task)
        #expect(end.outcome == "not-started")
        #expect(end.evidence.text?.contains(words) == true, "\(end.evidence)")
        #expect(!site.scratch.bytes("token.\(task)").contains(UInt8(ascii: "l")))
        #expect(try site.sealed(task).isEmpty)
        #expect(try await service.stop().status == 0)
        try await site.expectSound()
    }

    @Test("is refused at once where the key is none, and nothing is queued")
    func badKey() async throws {
        let site = try await site()
        _ = try await site.secretive("true", "--arg", "token=a")
        let key = site.stateDirectory + "/secrets.key"
        try DurableFile.write([1, 2, 3], to: key)
        let short = try await site.run("task", "start", "secretive", "--arg", "script=true", "--arg", "token=b")
        #expect(short.status == 78 && short.error.contains("has 3 bytes"), "\(short.error)")
        try DurableFile.write([UInt8](repeating: 1, count: 32), to: key, mode: 0o640)
        let open = try await site.run("task", "start", "secretive", "--arg", "script=true", "--arg", "token=b")
        #expect(open.status == 77 && open.error.contains("chmod 600 \(key)"), "\(open.error)")
        #expect(try await site.json("task", "list").elements.count == 1)
        #expect(try await site.run("doctor").output.contains("others may read or write \(key)"))
    }
}

@Suite("A database of the schema before secrets")
struct OlderSchemaTests {
    @Test("is refused with what to run, and then is up to date")
    func older() async throws {
        let site = try await Site.make(configuration: Types.configuration)
        #expect(try await site.run("lock", "run", "/a", "--", "true").status == 0)
        try site.sql(
            "DROP TABLE secret", "DROP TABLE password",
            "DELETE FROM projection WHERE name IN ('apps', 'mail', 'notifications', 'users')",
            "DELETE FROM snapshot WHERE name IN ('apps', 'mail', 'notifications', 'users')",
            "UPDATE schema_version SET version = 1")
        let refused = try await site.run("task", "start", "secretive", "--arg", "script=true", "--arg", "token=a")
        #expect(refused.status == 78 && refused.error.contains("un: interlock schema apply"), "\(refused.error)")
        let standing = try await site.run("schema", "status").output
        #expect(standing.contains("the database has schema 1, this program needs 6: run: interlock schema apply"))
        #expect(try await site.run("schema", "apply").output == "applied up to schema 6\n")
        #expect(try await site.run("schema", "status").output.contains("schema 6, which is this program's"))
        #expect(try await site.run("schema", "apply").output.hasPrefix("nothing to do"))
        let task = try await site.secretive("true", "--arg", "token=a")
        #expect(try site.sealed(task).count == 1)
        #expect(try await site.run("user", "add", "olga", "--role", "owner").status == 0)
        let told = ["--to", "admin", "--kind", "k", "--subject", "s", "--title", "t"]
        #expect(try await site.start(["notify"] + told).answer().status == 0)
        try await site.expectSound()
    }

    @Test("and that before notifications, with a log of its own, is brought up to date and goes on")
    func beforeNotifications() async throws {
        let site = try await Site.make(configuration: Types.configuration)
        #expect(try await site.run("user", "add", "olga", "--role", "owner").status == 0)
        try site.sql(
            "DELETE FROM projection WHERE name = 'notifications'",
            "DELETE FROM snapshot WHERE name = 'notifications'", "UPDATE schema_version SET version = 4")
        let told = ["notify", "--to", "admin", "--kind", "k", "--subject", "s", "--title", "t"]
        #expect(try await site.start(told).answer().status == 78)
        #expect(try await site.run("schema", "apply").output == "applied up to schema 6\n")
        #expect(try await site.start(told).answer().status == 0)
        #expect(try await site.json("notification", "list").elements.map(\.title) == ["t"])
        try await site.expectSound()
    }
}
