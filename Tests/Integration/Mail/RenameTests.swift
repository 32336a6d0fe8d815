import Foundation
import Glibc
import PeerTesting
import Testing

@testable import Runner
@testable import System

/// Real servers, all of a test's own. Postfix needs root.
@Suite("A mail server that is renamed", .enabled(if: getuid() == 0, "postfix needs root"))
struct RenameTests {
    @Test(
        "is reached by apps that verify it before the rename, after it and after a renewal; as 'mail' it is not",
        arguments: MailHost.Names.allCases)
    func proof(names: MailHost.Names) async throws {
        let host = try await MailHost(names)
        let postfix = try #require(host.postfix)
        let service = try await Service(host.site)
        try host.mark("sends")
        try await host.register(verifying: ["blog"], others: ["chat"])
        #expect(try await host.rename("a.example.com").status == 0)
        #expect(try await host.rename("b.example.com").status == 0)
        try host.renew(["b.example.com"])
        let before = try await host.site.json("mail", "show").served.certificate
        _ = try await host.site.eventually("the renewed certificate is served") {
            try await host.site.json("mail", "show").served.certificate == before ? nil : true
        }
        #expect(try await host.site.run("app", "reconfigure", "blog").status == 0)
        let mails = ["blog by a.example.com", "blog by b.example.com", "blog by b.example.com"]
        _ = try await host.site.eventually("three mails") {
            postfix.mailbox().components(separatedBy: "Subject: ").count == mails.count + 1 ? true : nil
        }
        let subjects = postfix.mailbox().split(separator: "\n").filter { $0.hasPrefix("Subject: ") }
        #expect(subjects.map { $0.dropFirst(9).trimmingCharacters(in: .whitespaces) } == mails)
        #expect(host.told.allSatisfy { !$0.hasPrefix("chat") })
        // The same program, given 'mail'.
        let task = try await host.site.json("app", "reconfigure", "chat").task.text ?? ""
        #expect(try await host.site.run("task", "wait", task).status == 1)
        let log = try await host.site.run("task", "logs", task).output
        #expect(log.contains("certificate is not valid for 'mail'"), "\(log)")
        #expect(try await service.stop().status == 0)
        try await host.site.expectSound()
    }

    @Test(
        "tells just the flagged apps that run, once each; a stopped one has the name in its file and is told when started"
    )
    func only() async throws {
        let host = try await MailHost()
        let service = try await Service(host.site)
        try await host.register(verifying: ["blog", "docs", "wiki"], others: ["chat"])
        #expect(try await host.site.run("app", "update", "docs", "--stopped").status == 0)
        let answer = try await host.rename("a.example.com")
        #expect(answer.status == 0, "\(answer.error)")
        #expect(host.told.filter { !$0.hasPrefix("server") }.sorted() == ["blog a.example.com", "wiki a.example.com"])
        #expect(host.variable("SMTP_SERVER", of: "docs") == "a.example.com")
        #expect(host.variable("SMTP_SERVER", of: "chat") == "mail")
        let password = try #require(host.variable("SMTP_PASSWORD", of: "blog"))
        #expect(host.variable("SMTP_PASSWORD", of: "docs") != password && password.count > 20)
        #expect(try await host.site.run("app", "update", "docs", "--started").status == 0)
        try await host.settled("a.example.com")
        #expect(host.told.filter { $0.hasPrefix("docs") } == ["docs a.example.com"])
        // A flag that is switched off, and another address.
        #expect(try await host.site.run("app", "update", "blog", "--no-requires-valid-certificate").status == 0)
        #expect(try await host.site.run("app", "update", "chat", "--mail-from", "chat@example.com").status == 0)
        _ = try await host.site.eventually("both told") { host.told.last { $0.hasPrefix("chat") }.map { _ in true } }
        try await host.settled("a.example.com")
        _ = try await host.site.eventually("blog told") { host.told.contains("blog mail") ? true : nil }
        #expect(host.variable("FROM", of: "chat") == "chat@example.com")
        #expect(host.variable("DOMAIN", of: "chat") == "example.com")
        #expect(host.variable("SMTP_PASSWORD", of: "blog") == password)
        let events = try await host.site.run("log", "export").output
        #expect(!events.contains(password))
        #expect(try FileSystem.mode(of: host.site.scratch.file("blog.env")) & 0o777 == 0o600)
        #expect(try await service.stop().status == 0)
        try await host.site.expectSound(isQuiet: true)
    }

    @Test("waits for an app in the middle of a backup, and starts nobody anew who never had the other name")
    func busy() async throws {
        let host = try await MailHost()
        let service = try await Service(host.site)
        try await host.register(verifying: ["blog", "wiki"])
        #expect(try await host.rename("a.example.com").status == 0)
        let backup = try await host.site.json("task", "start", "backup", "--app", "wiki").task.text ?? ""
        _ = try await host.site.task(backup, is: "running")
        #expect(try await host.site.run("mail", "rename", "b.example.com").status == 0)
        let behind = try await host.site.eventually("wiki waits") { () -> JSON? in
            let apps = try await host.site.json("mail", "status").apps.elements
            guard
                apps.contains(where: {
                    $0.app.text == "blog" && $0.state.text == "current" && $0.wanted.text == "b.example.com"
                })
            else { return nil }
            return apps.first { $0.app.text == "wiki" && $0.reason.text?.contains("/app/wiki") == true }
        }
        #expect(behind.state.text == "behind" && behind.reason.text?.contains("held by task \(backup)") == true)
        #expect(try await host.site.run("mail", "rename", "a.example.com").status == 0)
        try await host.settled("a.example.com")
        #expect(try await host.site.run("task", "stop", backup, "--now").status == 0)
        _ = try await host.site.finished(backup)
        // What would come now has come by the end of another rename.
        #expect(try await host.rename("c.example.com").status == 0)
        #expect(host.told.filter { $0.hasPrefix("wiki") } == ["wiki a.example.com", "wiki c.example.com"])
        #expect(
            host.told.filter { $0.hasPrefix("blog") }
                == ["a", "b", "a", "c"].map { "blog \($0).example.com" })
        #expect(try await service.stop().status == 0)
        try await host.site.expectSound(isQuiet: true)
    }

    @Test("is not done while an app fails, which holds up no other and is tried again; then the old name goes")
    func broken() async throws {
        let host = try await MailHost()
        let service = try await Service(host.site)
        try await host.register(verifying: ["blog", "wiki"])
        #expect(try await host.rename("a.example.com").status == 0)
        try host.mark("broken-wiki")
        let answer = try await host.rename("b.example.com")
        #expect(answer.status == 1 && answer.error.contains("not for wiki"), "\(answer.error)")
        #expect(host.variable("SMTP_SERVER", of: "blog") == "b.example.com")
        #expect(try await host.site.json("mail", "status").previous.elements.map(\.text) == ["a.example.com"])
        #expect(host.site.scratch.text("hosts").contains("a.example.com"))
        try host.unmark("broken-wiki")
        try await host.settled("b.example.com")
        _ = try await host.site.eventually("the old name goes") {
            host.site.scratch.text("hosts").contains("a.example.com") ? nil : true
        }
        #expect(try await service.stop().status == 0)
        try await host.site.expectSound(isQuiet: true)
    }

    @Test("to two names at once gets one of them, and who asked for the other is told")
    func two() async throws {
        let host = try await MailHost()
        let service = try await Service(host.site)
        try await host.register(verifying: ["blog"])
        let site = host.site
        async let first = site.run("mail", "rename", "a.example.com", "--wait")
        async let second = site.run("mail", "rename", "b.example.com", "--wait")
        let answers = try await [first, second]
        let name = try #require(try await host.site.json("mail", "status").name.text)
        try await host.settled(name)
        for (answer, wanted) in zip(answers, ["a.example.com", "b.example.com"]) {
            if wanted == name {
                #expect(answer.status == 0, "\(answer.error)")
            } else {
                // Its rename was overtaken before, or behind its commit.
                #expect(answer.status == 1 && answer.error.contains("overtook it"), "\(answer.error)")
            }
        }
        #expect(host.variable("SMTP_SERVER", of: "blog") == name)
        #expect(try await service.stop().status == 0)
        try await host.site.expectSound(isQuiet: true)
    }

    @Test("to a name that cannot be is refused before anything is done")
    func refusals() async throws {
        let host = try await MailHost()
        let service = try await Service(host.site)
        try await host.register(verifying: ["blog"])
        let cases: [(String, Int32, String)] = [
            ("mail", 64, "single label"), (String(repeating: "a.", count: 130) + "x", 64, "253 are allowed"),
            ("-a.example.com", 64, "hyphen"), ("my.example.com", 1, "dashboard's name"),
            ("blog.example.com", 1, "domain of app 'blog'"), ("d.example.com", 1, "does not cover"),
            ("x.a.example.com", 1, "does not cover"),
        ]
        for (name, status, words) in cases {
            let answer = try await host.site.run("mail", "rename", "--wait", "--", name)
            #expect(answer.status == status && answer.error.contains(words), "\(name): \(answer.error)")
        }
        try host.renew(["*.example.com"])
        for name in ["x.y.example.com", "example.com"] {
            #expect(try await host.site.run("mail", "rename", name).error.contains("does not cover"))
        }
        // As people write it.
        #expect(try await host.rename("M\u{fc}ll.Example.com.").status == 0)
        #expect(host.variable("SMTP_SERVER", of: "blog") == "xn--mll-hoa.example.com")
        #expect(try await service.stop().status == 0)
        try await host.site.expectSound(isQuiet: true)
    }

    @Test(
        "under a runner that is killed between two steps comes to the same end, and tells each app once",
        arguments: [
            RunnerStep.resolverWritten, .nameResolved, .serverAsked, .serverTold, .nameServed, .nameCommitted,
            .appQueued, .reconfiguring,
            .variablesWritten, .namesRetired,
        ])
    func killed(at step: RunnerStep) async throws {
        let host = try await MailHost()
        let first = try await Service(host.site)
        try await host.register(verifying: ["blog", "wiki"])
        #expect(try await host.rename("a.example.com").status == 0)
        #expect(try await first.stop().status == 0)
        let service = try await Service(host.site, environment: ["INTERLOCK_RUNNER_STOP_AT": step.rawValue])
        #expect(try await host.site.run("mail", "rename", "b.example.com").status == 0)
        try await stands(service.process.identity)
        try await service.kill()
        try await service.restart()
        try await host.settled("b.example.com")
        #expect(host.told.filter { $0.hasPrefix("blog") } == ["blog a.example.com", "blog b.example.com"])
        #expect(host.told.filter { $0.hasPrefix("wiki") } == ["wiki a.example.com", "wiki b.example.com"])
        #expect(try await service.stop().status == 0)
        try await host.site.expectSound(isQuiet: true)
    }
}
