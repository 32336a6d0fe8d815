import Foundation
import PeerTesting
import Testing

@testable import System

@Suite("A mail server that is renamed while its resolver is away")
struct ResolverAwayTests {
    @Test(
        "keeps its name, tells administrators why, leaves no half of a file, and has the new name once the resolver is back",
        arguments: [MailHost.Names.unbound, .dnsmasq])
    func away(names: MailHost.Names) async throws {
        let host = try await MailHost(names, stubbed: true)
        let (site, resolver) = (host.site, try #require(host.resolver))
        let service = try await Service(site)
        for (user, role) in [("anna", "admin"), ("ute", "user")] {
            #expect(try await site.run("user", "add", user, "--role", role).status == 0)
        }
        try await host.register(verifying: ["blog"])
        #expect(try await host.rename("a.example.com").status == 0)
        let backup = try await site.json("task", "start", "backup", "--app", "blog").task.text ?? ""
        _ = try await site.task(backup, is: "running")
        resolver.stop()

        let renaming = try site.start(["mail", "rename", "b.example.com", "--wait"])
        try await renaming.complains("resolver: the resolver's reload failed: ")
        let told = try await site.json("mail", "status", "--as", "anna")
        #expect(told.name == "a.example.com" && told.wanted == "b.example.com" && told.generation == 1)
        #expect(told.problems.elements.map(\.step) == ["resolver"])
        #expect(told.problems.elements.first?.problem.text?.hasPrefix("the resolver's reload failed: ") == true)
        let others = try await site.json("mail", "status", "--as", "ute")
        #expect(others.name == "a.example.com" && others.wanted == .absent && others.problems == .absent)
        #expect(host.variable("SMTP_SERVER", of: "blog") == "a.example.com")
        #expect(try await host.served("a.example.com") == host.fingerprint(host.certificate.chain))
        #expect(host.told == ["server a.example.com", "blog a.example.com"])
        let directory = resolver.directory.file("conf.d")
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["interlock.conf"])

        // It reads what was written while it was away; the old name is answered until the app has the new one.
        try resolver.start()
        for name in ["a.example.com", "b.example.com"] {
            #expect(try await host.addresses(of: name) == [try host.address.host], "\(name)")
        }
        try await renaming.complains("interlock: the mail server is b.example.com")
        #expect(try await host.addresses(of: "a.example.com") == [try host.address.host])
        #expect(try await host.problem("resolver") == nil)
        #expect(try await site.run("task", "stop", backup, "--now").status == 0)
        let answer = try await renaming.answer()
        #expect(answer.status == 0, "\(answer.error)")
        #expect(host.told.filter { $0.hasPrefix("blog") } == ["blog a.example.com", "blog b.example.com"])
        _ = try await site.eventually("the old name goes") {
            try await host.addresses(of: "a.example.com") == [MailHost.outside] ? true : nil
        }
        #expect(try await host.addresses(of: "b.example.com") == [try host.address.host])
        #expect(try await service.stop().status == 0)
        try await site.expectSound()
    }

    @Test("goes on answering to its name while the resolver cannot be reloaded, and has the new one when it can")
    func notReloaded() async throws {
        let host = try await MailHost(.unbound, stubbed: true)
        let (site, resolver) = (host.site, try #require(host.resolver))
        let service = try await Service(site)
        try await host.register(verifying: ["blog"])
        #expect(try await host.rename("a.example.com").status == 0)
        let whole = try resolver.directory.text("reload")
        try resolver.directory.write("#!/bin/sh\necho 'no such unit' >&2\nexit 3\n", to: "reload", mode: 0o700)
        let renaming = try site.start(["mail", "rename", "b.example.com", "--wait"])
        try await renaming.complains("exit 3: no such unit")
        #expect(try await host.problem("resolver")?.hasSuffix("exit 3: no such unit") == true)
        #expect(try await host.addresses(of: "a.example.com") == [try host.address.host])
        #expect(try await host.addresses(of: "b.example.com") == [MailHost.outside])
        #expect(host.told == ["server a.example.com", "blog a.example.com"])
        try resolver.directory.write(whole, to: "reload", mode: 0o700)
        let answer = try await renaming.answer()
        #expect(answer.status == 0, "\(answer.error)")
        #expect(try await host.addresses(of: "b.example.com") == [try host.address.host])
        #expect(try await service.stop().status == 0)
        try await site.expectSound()
    }
}
