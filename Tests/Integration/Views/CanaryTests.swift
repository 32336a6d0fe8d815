import Foundation
import Testing

@testable import System

/// Types whose arguments and output hold canaries; a reaction that fails with one.
private let types = """
    tasks:
      quiet:
        command: [sh, -c, "{script}"]
        arguments: { script: { required: true }, note: {} }
        locks: ["/app/{app}"]
        timeout: 5m
      plain: { command: ["true"], arguments: { word: { pattern: "[a-z]+" } } }
    reactions:
      - { name: broken, on: task.finished, where: { type: quiet }, start: plain, arguments: { word: "{evidence}" } }
    """

/// Nothing that is for administrators is in a byte that others are shown, whatever they ask for.
@Suite("A canary in a database", .service(types))
struct ViewedCanaryTests {
    private static let canary = "canary"

    /// Whom a look is made through; nobody of them is an operator.
    private static let viewers = ["ann": "user", "mel": "mailmanager", "ulf": "usermanager"]

    /// Every command that shows something, but for what depends on the site.
    private static let commands = [
        "lock list", "lock list --at 30", "lock history", "lock history /app/blog", "lock history --summary",
        "lock why /app/blog", "lock why /mail", "lock inversions", "deadlock list", "deadlock show",
        "deadlock show --format json", "deadlock show --format dot", "deadlock show --format svg", "replay",
        "replay --at 30", "replay --from 1", "replay --from 1 --view tasks", "replay --view tasks",
        "replay --view apps",
        "replay --view mail", "replay --view users", "task types", "task list", "task list --state finished",
        "reaction list", "app list", "app show blog", "mail show", "mail status", "user list", "log tail -n 1000",
        "log show 1", "log verify", "log export", "log export -o FILE", "log stats", "projection list",
        "projection check", "notification list", "notification list --all", "notification deliveries",
        "replay --view notifications", "metrics show", "metrics show memory_available_bytes",
    ]

    @Test("is found by an administrator everywhere, and by nobody else anywhere")
    func nowhere() async throws {
        let site = try currentSite()
        let filled = try await fill(site)
        var commands = Self.commands.map { $0.split(separator: " ").map(String.init) }
        for task in filled.tasks {
            commands += [["task", "show", task], ["task", "logs", task], ["lock", "why", task]]
        }
        // One event of each type.
        var types: Set<String> = []
        for event in try await site.events() where types.insert(event.type.text ?? "").inserted {
            commands.append(["log", "show", "\(event.position.integer ?? 0)"])
        }

        var seen = 0
        for command in commands where try await found(command, site) { seen += 1 }
        #expect(seen > 20, "the canaries are there to be found")
        for (name, _) in Self.viewers {
            for command in commands {
                for option in [[], ["--json"]] where !(command.contains("--format") && !option.isEmpty) {
                    try await expectNothing(command + option + ["--as", name], site)
                }
            }
        }
        for holder in filled.holders { _ = try await holder.answer() }
    }

    @Test("is shown to the operator of its app, who reads what its tasks wrote; others are refused, as 77")
    func operators() async throws {
        let site = try currentSite()
        #expect(try await site.run("user", "add", "opa", "--role", "user").status == 0)
        #expect(try await site.run("user", "add", "eve", "--role", "mailmanager").status == 0)
        let register = ["app", "register", "shop", "--domain", "shop.example.com", "--operator", "opa"]
        #expect(try await site.start(register + ["--notes", "canary-notes"]).answer().status == 0)
        let started = try await site.start(
            ["task", "start", "quiet", "--app", "shop", "--arg", "script=echo canary-output", "--json"]
        ).answer()
        let task = try #require(try started.json.task.text)
        _ = try await site.finished(task)

        let logs = try await site.run("task", "logs", task, "--as", "opa")
        #expect(logs.status == 0 && logs.output.contains("canary-output"))
        let refused = try await site.run("task", "logs", task, "--as", "eve", "--json")
        #expect(refused.status == 77 && refused.output == "" && refused.error.contains(#""code":"not-permitted""#))
        #expect(refused.error.contains("operators of the app 'shop'"))
        let follow = try await site.run("task", "logs", task, "--follow", "--as", "eve")
        #expect(follow.status == 77 && follow.output == "")

        let shown = try await site.run("task", "show", task, "--as", "opa", "--json").json
        #expect(shown.arguments.script == "echo canary-output" && shown.evidence != .absent)
        #expect(shown.requestedBy == .absent && shown.life == .absent)
        let hold = try await site.hold("/app/shop", "/other", "--reason", "canary-reason", "--label", "canary-label")
        let held = try await site.run("lock", "list", "--as", "opa", "--json").json.held.elements
        for path in ["/app/shop", "/other"] {
            let lock = try #require(held.first { $0.path.text == path })
            #expect((lock.reason == "canary-reason") == (path == "/app/shop"), "\(path)")
            #expect((lock.holder.label == "canary-label") == (path == "/app/shop"), "\(path)")
        }
        #expect(try await site.run("lock", "list", "--as", "opa").output.contains("canary-label"))
        _ = try await hold.answer()
        let app = try await site.run("app", "show", "shop", "--as", "opa", "--json").json
        #expect(app.operators == .array(["opa"]) && app.notes == .absent)
        let users = try await site.run("user", "list", "--as", "opa", "--json").json.elements
        #expect(users.map(\.user) == ["opa"], "himself")
    }

    @Test("where all of something is withheld, it is said on stderr, and nothing false on stdout")
    func withheld() async throws {
        let site = try currentSite()
        #expect(try await site.run("user", "add", "pia", "--role", "user").status == 0)
        for command in [["projection", "list"], ["reaction", "list"], ["log", "stats"], ["log", "verify"]] {
            let answer = try await site.start(command + ["--as", "pia"]).answer()
            #expect(answer.status == 0 && answer.output == "", "\(command)")
            #expect(answer.error.contains("nothing that this user may see"), "\(command): \(answer.error)")
        }
        #expect(try await site.run("projection", "list", "--as", "pia", "--json").output == "[]\n")
        #expect(try await site.run("log", "verify", "--as", "pia", "--json").output == "{}\n")
    }

    /// Puts canaries wherever a person can put a text.
    private func fill(_ site: Site) async throws -> (tasks: [String], holders: [Interlock]) {
        for (name, role) in Self.viewers {
            let added = try await site.run("user", "add", name, "--role", role)
            #expect(added.status == 0, "\(added.error)")
        }
        let register = [
            "app", "register", "blog", "--domain", "blog.example.com", "--notes", "canary-notes", "--mail-from",
            "canary-from@example.com", "--env-file", "/canary-file", "--env-owner", "canary-owner",
        ]
        #expect(try await site.start(register).answer().status == 0)
        try await notify(site)
        var tasks: [String] = []
        for script in [
            "echo canary-output; interlock task progress 40 canary-message; exit 3",
            "echo canary-output >&2; kill -9 $$",
        ] {
            tasks.append(try await task(script, site))
            _ = try await site.finished(tasks[tasks.count - 1])
        }
        let barrier = try site.barrier()
        tasks.append(try await task("interlock task progress 50 canary-message; read x < \(barrier)", site))
        _ = try await site.eventually("it tells how far it is") {
            try await site.show(tasks[2]).progress.percent == 50 ? true : nil
        }
        tasks.append(try await task("true", site))
        try await site.task(tasks[3], is: "waiting")
        let words = ["--reason", "canary-reason", "--label", "canary-label"]
        let holder = try site.start(
            ["lock", "run", "/mail", "/x"] + words + ["--", "sh", "-c", "echo ready; cat"])
        try await holder.says("ready")
        let waiter = try site.start(["lock", "run", "/mail"] + words + ["--", "sh", "-c", "echo ready; cat"])
        try await site.waits("canary-label")
        try await breakGrant(site)
        try await deadlock(site, words)
        _ = try await site.eventually("the reaction is parked") {
            try await site.events().contains { $0.type == "reaction.parked" } ? true : nil
        }
        let over = try #require(
            try await site.events().first { $0.type == "lock.requested" && $0.data.reason == "canary-break-me" })
        let redacted = try await site.run(
            "log", "redact", "\(over.position.integer ?? 0)", "--reason", "canary-redaction")
        #expect(redacted.status == 0, "\(redacted.error)")
        return (tasks, [holder, waiter])
    }

    /// For administrators alone, and for operators of an app that nobody of the viewers is one of; open, seen and over.
    private func notify(_ site: Site) async throws {
        let texts = ["--subject", "canary-subject", "--title", "canary-title", "--body", "canary-body"]
        for (kind, audience) in [("canary-a", "admin"), ("canary-b", "operator:blog"), ("canary-c", "owner")] {
            let answer = try await site.start(["notify", "--to", audience, "--kind", kind, "--json"] + texts).answer()
            #expect(answer.status == 0, "\(answer.error)")
            let id = try #require(try answer.json.notification.text)
            if kind == "canary-b" { #expect(try await site.run("notification", "acknowledge", id).status == 0) }
            guard kind == "canary-c" else { continue }
            #expect(
                try await site.run("notification", "resolve", "--kind", kind, "--subject", "canary-subject").status == 0
            )
        }
    }

    private func task(_ script: String, _ site: Site) async throws -> String {
        let answer = try await site.start([
            "task", "start", "quiet", "--app", "blog", "--arg", "script=\(script)", "--arg", "note=canary-note",
            "--unique", "canary-\(site.path())", "--json",
        ]).answer()
        return try #require(try answer.json.task.text, "\(answer.error)")
    }

    private func breakGrant(_ site: Site) async throws {
        let victim = try site.start([
            "lock", "run", "/broken", "--reason", "canary-break-me", "--label", "canary-victim", "--", "sh", "-c",
            "echo ready; cat",
        ])
        try await victim.says("ready")
        let token = try #require(try await site.locks().held.elements.first { $0.path == "/broken" }?.token.integer)
        let broken = try await site.run("lock", "break", "/broken", "--token", "\(token)", "--reason", "canary-break")
        #expect(broken.status == 0, "\(broken.error)")
        _ = try await victim.answer()
    }

    /// Two who want what the other holds.
    private func deadlock(_ site: Site, _ words: [String]) async throws {
        let inner = "interlock lock run --label canary-inner --reason canary-wish"
        let one = try site.start(
            ["lock", "run", "/a"] + words + ["--", "sh", "-c", "echo ready; read x; \(inner) /b -- true; echo $?"])
        try await one.says("ready")
        let two = try site.start(
            ["lock", "run", "/b"] + words + ["--", "sh", "-c", "echo ready; read x; \(inner) /a -- true; echo $?"])
        try await two.says("ready")
        one.type(Array("\n".utf8))
        try await site.waits("canary-inner")
        two.type(Array("\n".utf8))
        try await two.says("76")
        _ = try await two.answer()
        _ = try await one.answer()
    }

    /// True when an administrator is told of canaries by it.
    private func found(_ command: [String], _ site: Site) async throws -> Bool {
        let answer = try await run(command, site)
        return answer.contains(Self.canary)
    }

    private func expectNothing(_ command: [String], _ site: Site) async throws {
        let said = try await run(command, site)
        #expect(!said.contains(Self.canary), "\(command.joined(separator: " ")): \(said)")
    }

    /// All that it writes, to wherever.
    private func run(_ command: [String], _ site: Site) async throws -> String {
        let file = site.scratch.file("export" + site.path().dropFirst())
        let answer = try await site.start(command.map { $0 == "FILE" ? file : $0 }).answer()
        // What a viewer may not see is no failure; what he may not ask for is refused.
        let refusals: [Int32] = [0, 66, 77]
        #expect(refusals.contains(answer.status), "\(command): \(answer.error)")
        let written = command.contains("FILE") ? (try? String(contentsOfFile: file, encoding: .utf8)) ?? "" : ""
        return answer.output + answer.error + written
    }
}
