import Foundation
import Testing

@testable import System

@Suite("A rename of the mail server that is overtaken")
struct OvertakingTests {
    /// What an app was told, in its order.
    private func told(_ app: String, _ host: MailHost) -> [String] {
        host.told.filter { $0.hasPrefix("\(app) ") }.map { String($0.dropFirst(app.count + 1)) }
    }

    @Test("before it had its name leaves no trace: no app is told, and to the name that stays nobody is")
    func before() async throws {
        let host = try await MailHost(stubbed: true)
        let site = host.site
        let service = try await Service(site)
        try await host.register(verifying: ["blog", "wiki"])
        #expect(try await host.rename("a.example.com").status == 0)
        try host.mark("broken-server")
        let overtaken = try site.start(["mail", "rename", "b.example.com", "--wait"])
        try await overtaken.complains("server: it is being told ")
        // Back: nobody has left.
        let stays = try await host.rename("a.example.com")
        #expect(stays.status == 0, "\(stays.error)")
        let answer = try await overtaken.answer()
        #expect(answer.status == 1 && answer.error.contains("the name stays a.example.com"), "\(answer.error)")
        // Forth, and to a third.
        let second = try site.start(["mail", "rename", "b.example.com", "--wait"])
        try await second.complains("server: it is being told ")
        #expect(try await site.run("mail", "rename", "c.example.com").status == 0)
        let words = try await second.answer()
        #expect(words.status == 1 && words.error.contains("a rename to c.example.com"), "\(words.error)")
        #expect(told("blog", host) == ["a.example.com"])
        try host.unmark("broken-server")
        try await host.settled("c.example.com")
        for app in ["blog", "wiki"] { #expect(told(app, host) == ["a.example.com", "c.example.com"], "\(app)") }
        #expect(!site.scratch.text("hosts").contains("b.example.com"))
        #expect(try await service.stop().status == 0)
        try await site.expectSound()
    }

    @Test("while apps have its name already tells those of the newer one, and who never had it just once")
    func after() async throws {
        let host = try await MailHost(stubbed: true)
        let site = host.site
        let service = try await Service(site)
        try await host.register(verifying: ["blog", "docs", "wiki"], others: ["chat"])
        #expect(try await host.rename("a.example.com").status == 0)
        let backup = try await site.json("task", "start", "backup", "--app", "wiki").task.text ?? ""
        _ = try await site.task(backup, is: "running")
        let overtaken = try site.start(["mail", "rename", "b.example.com", "--wait"])
        for app in ["blog", "docs"] { try await overtaken.complains("\(app) is current") }
        let newer = try site.start(["mail", "rename", "c.example.com", "--wait"])
        for app in ["blog", "docs"] { try await newer.complains("\(app) is current") }
        let answer = try await overtaken.answer()
        #expect(answer.status == 1 && answer.error.contains("another rename overtook it"), "\(answer.error)")
        // All three are answered as long as an app may use the first.
        let status = try await site.json("mail", "status")
        #expect(status.name == "c.example.com" && status.generation == 3)
        #expect(status.previous.elements == ["a.example.com", "b.example.com"])
        for name in MailHost.names {
            #expect(site.scratch.text("hosts").contains(" \(name)\n"))
            #expect(try await host.served(name).isEmpty == false)
        }
        #expect(try await site.run("task", "stop", backup, "--now").status == 0)
        let done = try await newer.answer()
        #expect(done.status == 0, "\(done.error)")
        try await host.settled("c.example.com")
        for app in ["blog", "docs"] { #expect(told(app, host) == MailHost.names, "\(app)") }
        #expect(told("wiki", host) == ["a.example.com", "c.example.com"] && told("chat", host).isEmpty)
        #expect(try await service.stop().status == 0)
        try await site.expectSound()
    }
}
