import Glibc
import Testing

@testable import System

@Suite("log redact")
struct RedactTests {
    private static let word = "canary-in-the-mine"

    /// The positions of the events of a type, in order.
    private func positions(_ site: Site, _ type: String) async throws -> [Int] {
        try await site.events().filter { $0.type.text == type }.compactMap(\.position.integer)
    }

    private func redact(_ site: Site, _ position: Int, _ options: String...) async throws -> Answer {
        try await site.start(["log", "redact", "\(position)", "--reason", "said too much"] + options).answer()
    }

    /// The word is in no row, and no command says it.
    private func expectNowhere(_ site: Site) async throws {
        #expect(try site.rows(holding: Self.word) == 0)
        let commands = [
            ["log", "export"], ["log", "tail", "-n", "500"], ["lock", "history"], ["lock", "list"], ["task", "list"],
            ["deadlock", "list"], ["lock", "list", "--at", "\(try await site.head())"],
        ]
        for command in commands {
            for options in [[], ["--json"]] {
                let answer = try await site.start(command + options).answer()
                #expect(answer.status == 0, "\(command): \(answer.error)")
                #expect(!answer.output.contains(Self.word), "\(command + options)")
            }
        }
    }

    @Test("erases a reason and a label from table and export; all still verifies, and says who did it")
    func erased() async throws {
        let site = try await Site.make()
        let word = Self.word
        let used = try await site.run("lock", "run", "/a", "--reason", word, "--label", word, "--", "true")
        #expect(used.status == 0)
        let before = try await site.history()
        #expect(try site.rows(holding: word) > 0)

        let answer = try await redact(site, 2)
        #expect(answer.status == 0 && answer.error == "", "\(answer.error)")
        #expect(answer.lines.prefix(2) == ["event 2 (lock.requested) is redacted", "erased   reason"])
        #expect(answer.lines[2].contains(#/^remains  \{"locks":\[.*\],"request":".*","session":".*"\}$/#))
        let done = try (try await redact(site, 1, "--json")).json
        #expect(done.names == ["position", "type", "redacted", "erased", "remains"])
        #expect(done.position == 1 && done.redacted == true && done.type == "session.opened")
        #expect(done.erased == .array(["label", "program", "user"]) && done.remains.user == "redacted")

        try await expectNowhere(site)
        let events = try await site.events()
        #expect(events.count == 7 && events[0].data == .absent && events[1].data == .absent)
        #expect(events[0].remains == done.remains)
        let user = try #require(Host.userName(of: getuid()))
        #expect(events[6].type == "log.redacted" && events[6].stream == "log" && events[6].actor == .string(user))
        #expect(events[6].data.names == ["position", "by", "reason", "remains"])
        #expect(events[6].data.position == 1 && events[6].data.by == .string(user))
        #expect(events[6].data.reason == "said too much" && events[6].data.remains == done.remains)
        try await site.expectSound()
        // The history is the same but for the texts.
        let after = try await site.history()
        #expect(after.map(\.position) == before.map(\.position) && after.map(\.held) == before.map(\.held))
        #expect(after.map(\.locks) == before.map(\.locks) && after.allSatisfy { $0.reason == .absent })
        try await site.use()
        try await site.expectSound()
    }

    @Test("--dry-run says the same beforehand, and erases nothing")
    func dryRun() async throws {
        let site = try await Site.used()
        let answer = try await redact(site, 2, "--dry-run")
        #expect(answer.status == 0 && answer.error == "")
        #expect(answer.lines.prefix(2) == ["event 2 (lock.requested) would be redacted", "erased   reason"])
        let tried = try (try await redact(site, 2, "--dry-run", "--json")).json
        #expect(tried.redacted == false && tried.erased == .array(["reason"]))
        #expect(try await site.head() == 5)
        #expect(try await site.json("log", "show", "2").data.reason == "the why")
        let done = try (try await redact(site, 2, "--json")).json
        #expect(done.redacted == true && done.remains == tried.remains)
        #expect(try await redact(site, 3, "--dry-run").lines[1] == "erased   nothing: it has no text")
        for position in ["2", "6"] {
            let refused = try await site.run("log", "redact", position, "--reason", "x", "--dry-run")
            #expect(refused.status == 1 && refused.output == "")
        }
    }

    @Test("what it went through is told by a replay, in one line, and shown by log show and tail")
    func told() async throws {
        let site = try await Site.used()
        let held = try await site.run("lock", "list", "--at", "3", "--json")
        #expect(held.error == "")
        #expect(try await redact(site, 2).status == 0)
        let at = try await site.run("lock", "list", "--at", "3", "--json")
        #expect(
            at.status == 0 && at.error == "interlock: event 2 is redacted: its texts are not in what was replayed\n")
        #expect(at.output == held.output.replacing(#","reason":"the why""#, with: ""))
        #expect(at.output != held.output)
        #expect(try await site.run("lock", "list", "--at", "1").error == "")
        #expect(try await redact(site, 1).status == 0)
        for command in [["projection", "check"], ["projection", "rebuild"], ["lock", "list", "--at", "7"]] {
            let answer = try await site.start(command).answer()
            #expect(answer.status == 0)
            #expect(answer.error == "interlock: events 1, 2 are redacted: their texts are not in what was replayed\n")
        }
        let shown = try await site.run("log", "show", "2")
        #expect(shown.status == 0 && shown.lines.contains { $0.hasPrefix("remains        {\"locks\"") })
        #expect(!shown.output.contains("data "))
        let tail = try await site.run("log", "tail").lines
        #expect(tail[1].contains(#/lock\.requested +\(redacted\) \S+ asks for /a$/#))
        #expect(tail[5].contains(#/log\.redacted +event 2 by \S+: said too much$/#))
        try await site.use()
        for position in 8...12 { #expect(try await redact(site, position).status == 0) }
        for position in 3...5 { #expect(try await redact(site, position).status == 0) }
        try await site.use()
        for position in 21...22 { #expect(try await redact(site, position).status == 0) }
        let many = try await site.run("projection", "check")
        #expect(many.error.hasPrefix("interlock: events 1, 2, 3, 4, 5, 8, "))
        #expect(many.error.hasSuffix(", 21, 22 are redacted: their texts are not in what was replayed\n"))
        try await site.expectSound()
    }

    @Test("is refused for what is held, wanted or living, and done when that is over")
    func needed() async throws {
        let site = try await Site.make()
        let holder = try await site.hold("/a", "--reason", Self.word)
        let waiter = try await site.queue("w", "/a", "--reason", Self.word)
        for (type, words) in [
            ("session.opened", "is living"), ("lock.requested", "stands"), ("lock.granted", "stands"),
        ] {
            let position = try #require(try await positions(site, type).first)
            try await site.refuses(["log", "redact", "\(position)", "--reason", "x"], 1, "needed", words)
        }
        let queued = try #require(
            try await site.events().last { $0.data.reason.text == Self.word }?.position.integer)
        try await site.refuses(["log", "redact", "\(queued)", "--reason", "x"], 1, "needed", "is in the queue")
        for process in [holder, waiter] {
            #expect(try await process.answer().status == 0)
        }
        for position in 1...queued { #expect(try await redact(site, position).status == 0) }
        try await expectNowhere(site)
        try await site.expectSound()
    }

    @Test("is refused where there is no such event, where it was done before, and for a redaction itself")
    func refused() async throws {
        let site = try await Site.used()
        func arguments(_ position: Int) -> [String] { ["log", "redact", "\(position)", "--reason", "x"] }
        try await site.refuses(arguments(6), 66, "no-such-position", "no position 6. Its last one is 5")
        try await site.refuses(arguments(Int.max), 66, "no-such-position", "Its last one is 5")
        try await Site.make().refuses(arguments(1), 66, "no-such-position", "It is empty")
        #expect(try await redact(site, 2).status == 0)
        try await site.refuses(arguments(2), 1, "already-redacted", "event 2 was redacted before")
        try await site.refuses(arguments(6), 1, "wrong-state", "event 6 tells of a redaction")
        #expect(try await site.head() == 6)
    }

    @Test("what remains, changed, and a payload that is gone by itself are found with 65 by verify, and by the checker")
    func damaged() async throws {
        let site = try await Site.used()
        #expect(try await redact(site, 2).status == 0)
        try await site.expectSound()
        try site.sql(
            """
            UPDATE event SET payload = REPLACE(payload, '"/a"', '"/b"'), payload_checksum = UNHEX(SHA2(payload, 256)) \
            WHERE position = 2
            """)
        let answer = try await site.run("log", "verify")
        #expect(answer.status == 65 && answer.output.hasPrefix("the log is damaged at position 2: what remains"))
        #expect(try await site.complaint()?.contains("position 2: rule 1.redacted: what remains of it") == true)
        // Now nothing says that it was erased.
        let other = try await Site.used()
        try other.sql(
            """
            UPDATE event SET payload = REPLACE(payload, ',"reason":"the why"', ''), payload_encoding = 2, \
            payload_size = LENGTH(payload), payload_checksum = UNHEX(SHA2(payload, 256)) WHERE position = 2
            """)
        let untold = try await other.run("log", "verify")
        #expect(untold.status == 65 && untold.output.hasPrefix("the log is damaged at position 2: its payload is gone"))
        #expect(try await other.complaint()?.contains("position 2: rule 1.redacted: its data is gone") == true)
    }

    @Test("erases both sides of a deadlock, and deadlock list goes on telling who held and wanted what")
    func deadlock() async throws {
        let site = try await Site.make()
        let word = Self.word
        let script = "echo ready; read x; interlock lock run /b --label inner --reason \(word) -- true; echo $?"
        let first = try site.ask("/a", "--label", word, "--reason", word, script: script)
        try await first.says("ready")
        let second = try site.ask(
            "/b", "--label", word, "--reason", word,
            script: "echo ready; read x; interlock lock run /a --reason \(word) -- true; echo $?")
        try await second.says("ready")
        first.type(Array("\n".utf8))
        try await site.waits("inner")
        second.type(Array("\n".utf8))
        try await second.says("76")
        for process in [first, second] { _ = try await process.answer() }
        let before = try await site.json("deadlock", "list")
        // That it was refused is told too, until somebody says that it is over.
        let told = ["notification", "resolve", "--kind", "deadlock-refused", "--subject", "/a"]
        #expect(try await site.start(told).answer().output.isEmpty == false)
        let head = try await site.head()
        for position in 1...head { #expect(try await redact(site, position).status == 0, "\(position)") }
        try await expectNowhere(site)
        let after = try await site.json("deadlock", "list")
        #expect(after.elements.count == 1 && before.elements.count == 1)
        let (was, now) = (try #require(before.elements.first), try #require(after.elements.first))
        #expect(now.position == was.position && now.cycle.elements.count == was.cycle.elements.count)
        #expect(now.cycle.elements.map(\.holds.token) == was.cycle.elements.map(\.holds.token))
        #expect(now.cycle.elements.map(\.wants.path) == was.cycle.elements.map(\.wants.path))
        #expect(try await site.run("deadlock", "list").status == 0)
        try await site.expectSound()
    }
}

@Suite("log redact of a task", .service(Types.configuration))
struct RedactTaskTests {
    private let word = "canary-in-the-mine"

    @Test("is refused while it runs; afterwards its arguments go, and task show goes on")
    func task() async throws {
        let site = try currentSite()
        let barrier = try site.barrier()
        let task = try await site.task("read x < \(barrier); : \(word)", "--unique", word)
        try await site.task(task, is: "running")
        let events = try await site.events().filter { $0.stream.text == "task-\(task)" }
        for event in events {
            let position = try #require(event.position.integer)
            try await site.refuses(
                ["log", "redact", "\(position)", "--reason", "x"], 1, "needed", "task \(task) is not finished")
        }
        try await site.pass(barrier)
        let before = try await site.finished(task)
        #expect(before.arguments.script.text?.contains(word) == true && before.unique.text == word)
        for event in try await site.events() where event.stream.text == "task-\(task)" {
            let position = try #require(event.position.integer)
            let answer = try await site.run("log", "redact", "\(position)", "--reason", "x")
            #expect(answer.status == 0, "\(answer.error)")
        }
        #expect(try site.rows(holding: word) == 0)
        let after = try await site.show(task)
        #expect(after.names == before.names.subtracting(["unique"]))
        #expect(after.arguments == .object([:]) && after.requestedBy == "redacted" && after.evidence == "redacted")
        #expect(after.outcome == "succeeded" && after.exitCode == 0 && after.startedAt == before.startedAt)
        let shown = try await site.run("task", "show", task)
        #expect(shown.status == 0 && shown.output.contains("state     finished, succeeded"))
        let row = try #require(try await site.json("task", "list").elements.first { $0.task.text == task })
        #expect(row == after.without("life"))
        try await site.expectSound()
    }
}
