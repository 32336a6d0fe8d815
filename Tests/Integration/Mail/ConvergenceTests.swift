import Foundation
import PeerTesting
import Testing

@testable import Runner
@testable import System

/// What one runner left undone, or somebody undid, the next look makes up for.
@Suite("Apps and a mail server that are not as they were left")
struct ConvergenceTests {
    @Test("are told once each, one after the other, when all their files say something else")
    func drift() async throws {
        let host = try await AppHost("parallel: 1")
        let service = try await Service(host.site)
        let apps = (1...5).map { "app\($0)" }
        for app in apps { try await host.register(app) }
        for app in apps { _ = try await host.password(app) }
        try host.configure("parallel: 1\nsmtp-port: 2626")
        try service.process.signal(SIGHUP)
        _ = try await host.site.eventually("all are told") {
            let done = try await host.site.json("task", "list").elements.filter { $0.outcome == "succeeded" }
            return done.count >= apps.count ? true : nil
        }
        for app in apps { #expect(host.lines(app).contains("MAIL_SMTP_PORT=2626")) }
        #expect(try await service.stop().status == 0)
        // Nobody else was, and no task was called off on the way.
        #expect(host.told.sorted() == apps)
        let tasks = try await host.site.json("task", "list").elements
        #expect(tasks.map(\.outcome) == apps.map { _ in "succeeded" }, "\(tasks)")
        try await host.site.expectSound(isQuiet: true)
    }

    @Test("do not get another name by a task that does not give it: who goes back has never left")
    func otherTask() async throws {
        let host = try await MailHost(stubbed: true)
        let site = host.site
        let service = try await Service(site)
        try await host.register(verifying: ["blog"])
        #expect(try await host.rename("a.example.com").status == 0)
        let backup = try await site.json("task", "start", "backup", "--app", "blog").task.text ?? ""
        _ = try await site.task(backup, is: "running")
        let update = try await site.json("task", "start", "update", "--app", "blog").task.text ?? ""
        let renaming = try site.start(["mail", "rename", "b.example.com", "--wait"])
        try await renaming.complains("blog is behind")
        #expect(try await site.run("task", "stop", backup, "--now").status == 0)
        #expect(try await site.finished(update).outcome == "succeeded")
        #expect(try await renaming.answer().status == 0)
        #expect(site.scratch.text("updated") == "MAIL_SMTP_SERVER=a.example.com\n")
        #expect(host.variable("SMTP_SERVER", of: "blog") == "b.example.com")
        #expect(try await service.stop().status == 0)
        try await site.expectSound(isQuiet: true)
    }

    @Test("serve what the file has, though the server was made anew with what it had once")
    func stale() async throws {
        let host = try await MailHost(stubbed: true)
        let service = try await Service(host.site)
        #expect(try await host.rename("a.example.com").status == 0)
        #expect(try await service.stop().status == 0)
        let (chain, key) = (host.certificate.chain, host.certificate.key)
        let kept = try [chain, key].map { try Data(contentsOf: URL(filePath: $0)) }
        try host.renew(MailHost.names)
        try host.stub?.reload()
        let once = try host.fingerprint(chain)
        _ = try await host.site.eventually("it serves another one") {
            try await host.served("a.example.com") == once ? true : nil
        }
        for (file, bytes) in zip([chain, key], kept) { try bytes.write(to: URL(filePath: file)) }
        try await service.restart()
        let wanted = try host.fingerprint(chain)
        _ = try await host.site.eventually("it serves the file's") {
            try await host.served("a.example.com") == wanted ? true : nil
        }
        #expect(try await service.stop().status == 0)
    }

    @Test("have no former name, though the runner died between its last writing and the reload")
    func retired() async throws {
        let host = try await MailHost(.unbound, stubbed: true)
        let site = host.site
        let first = try await Service(site)
        try await host.register(verifying: ["blog"])
        #expect(try await host.rename("a.example.com").status == 0)
        let backup = try await site.json("task", "start", "backup", "--app", "blog").task.text ?? ""
        _ = try await site.task(backup, is: "running")
        let renaming = try site.start(["mail", "rename", "b.example.com", "--wait"])
        try await renaming.complains("blog is behind")
        #expect(try await first.stop().status == 0)
        let step = RunnerStep.resolverWritten.rawValue
        let service = try await Service(site, environment: ["INTERLOCK_RUNNER_STOP_AT": step])
        #expect(try await site.run("task", "stop", backup, "--now").status == 0)
        try await stands(service.process.identity)
        #expect(try await host.addresses(of: "a.example.com") == [try host.address.host])
        try await service.kill()
        try await service.restart()
        _ = try await site.eventually("the old name goes") {
            try await host.addresses(of: "a.example.com") == [MailHost.outside] ? true : nil
        }
        #expect(try await renaming.answer().status == 0)
        #expect(try await service.stop().status == 0)
        try await site.expectSound(isQuiet: true)
    }

    @Test("know their tasks by keys that nobody else can give")
    func keys() async throws {
        let host = try await AppHost()
        let service = try await Service(host.site)
        for key in ["mail-server", "reconfigure:blog", "correct:blog"] {
            let answer = try await host.site.start(["task", "start", "configure", "--app", "blog", "--unique", key])
                .answer()
            #expect(answer.status == 64 && answer.error.contains("the runner's own"), "\(answer)")
        }
        #expect(try await host.site.json("task", "list").elements.isEmpty)
        #expect(try await service.stop().status == 0)
    }
}
