import Foundation
import PeerTesting
import Testing

@testable import System

/// How a certificate and its key can be of no use.
enum Breakage: String, CaseIterable {
    case noCertificate, noKey, notPEM, otherKey, expired

    /// What is said of it.
    var words: String {
        switch self {
        case .noCertificate: ".pem: No such file or directory"
        case .noKey: ".key: No such file or directory"
        case .notPEM: "the certificate cannot be used: it is not PEM"
        case .otherKey: "the private key is not the certificate's"
        case .expired: "the certificate expired at "
        }
    }

    /// Breaks a host's files; what is done again mends them.
    func apply(to host: MailHost) throws -> () throws -> Void {
        let (chain, key) = (host.certificate.chain, host.certificate.key)
        let old = try [chain, key].map { ($0, try Data(contentsOf: URL(filePath: $0))) }
        switch self {
        case .noCertificate: try FileManager.default.removeItem(atPath: chain)
        case .noKey: try FileManager.default.removeItem(atPath: key)
        case .notPEM: try Data("half a".utf8).write(to: URL(filePath: chain))
        case .otherKey: try host.replace(key, by: try host.authority.issue(MailHost.names).key)
        case .expired:
            let over = try host.authority.issue(MailHost.names, days: -1)
            try host.replace(chain, by: over.chain)
            try host.replace(key, by: over.key)
        }
        return { for (file, content) in old { try content.write(to: URL(filePath: file)) } }
    }
}

@Suite("A mail server whose certificate is of no use")
struct BrokenCertificateTests {
    private func reloads(_ host: MailHost) -> Int { host.stub?.lines().count { $0 == "reload" } ?? 0 }

    private func events(_ site: Site) async throws -> [String] {
        try JSON.lines(try await site.run("log", "export").output).compactMap(\.type.text)
    }

    @Test("is not renamed: that is refused with the reason, nothing is done, and nothing of it is loaded")
    func refused() async throws {
        let host = try await MailHost(stubbed: true)
        let site = host.site
        let service = try await Service(site)
        try await host.register(verifying: ["blog"])
        #expect(try await host.rename("a.example.com").status == 0)
        let (told, hosts, loaded) = (host.told, site.scratch.text("hosts"), reloads(host))
        let served = try await host.served("a.example.com")
        for breakage in Breakage.allCases {
            let mend = try breakage.apply(to: host)
            let before = try await events(site)
            let tried = try await site.run("mail", "rename", "b.example.com", "--dry-run", "--json")
            #expect(tried.status == 1, "\(breakage)")
            let answer = try await site.run("mail", "rename", "b.example.com", "--json")
            #expect(answer.status == 1 && answer.output.isEmpty, "\(breakage): \(answer.output)")
            let error = try JSON(answer.error).error
            #expect(error.code == "not-served" && error.hint.text?.isEmpty == false)
            let words = try #require(error.message.text)
            #expect(
                words.hasPrefix("the mail server cannot be called b.example.com: ") && words.contains(breakage.words),
                "\(breakage): \(words)")
            // Who looks reads it too.
            let show = try await site.json("mail", "show")
            #expect(show.refused.name == "b.example.com" && show.refused.problem.text?.contains(breakage.words) == true)
            #expect(show.name == "a.example.com" && show.generation == 1 && show.wanted == .absent)
            // The runner may say of the files what it found, too.
            let added = try await events(site).dropFirst(before.count).filter { $0 != "mail.delayed" }
            #expect(added == ["mail.rename-refused"], "\(breakage)")
            try mend()
        }
        #expect((host.told, site.scratch.text("hosts"), reloads(host)) == (told, hosts, loaded))
        #expect(try await host.served("a.example.com") == served)
        #expect(try await host.rename("b.example.com").status == 0)
        #expect(try await service.stop().status == 0)
        try await site.expectSound()
    }

    @Test(
        "once a rename is under way keeps what it serves and says why; the rename goes on when the files are mended",
        arguments: Breakage.allCases)
    func underWay(breakage: Breakage) async throws {
        let host = try await MailHost(stubbed: true)
        let site = host.site
        let service = try await Service(site)
        try await host.register(verifying: ["blog"])
        #expect(try await host.rename("a.example.com").status == 0)
        try host.mark("broken-server")
        let renaming = try site.start(["mail", "rename", "b.example.com", "--wait"])
        try await renaming.complains("server: it is being told ")
        let (served, loaded) = (try await host.served("a.example.com"), reloads(host))
        let mend = try breakage.apply(to: host)
        try host.unmark("broken-server")
        try await renaming.complains(breakage.words)
        let status = try await site.json("mail", "status")
        #expect(status.name == "a.example.com" && status.wanted == "b.example.com")
        #expect(try await host.problem("certificate")?.contains(breakage.words) == true)
        #expect(try await host.served("b.example.com") == served && reloads(host) == loaded)
        try mend()
        let answer = try await renaming.answer()
        #expect(answer.status == 0, "\(answer.error)")
        #expect(try await host.problem("certificate") == nil)
        #expect(host.told.filter { $0.hasPrefix("blog") } == ["blog a.example.com", "blog b.example.com"])
        #expect(try await service.stop().status == 0)
        try await site.expectSound()
    }

    @Test("because it was renewed for other names meanwhile is not renamed after all, and serves the renewed one")
    func otherNames() async throws {
        let host = try await MailHost(stubbed: true)
        let site = host.site
        let service = try await Service(site)
        try await host.register(verifying: ["blog"])
        #expect(try await host.rename("a.example.com").status == 0)
        try host.mark("broken-server")
        let renaming = try site.start(["mail", "rename", "b.example.com", "--wait"])
        try await renaming.complains("server: it is being told ")
        try host.renew(["a.example.com"])
        let answer = try await renaming.answer()
        #expect(answer.status == 1 && answer.error.contains("does not cover b.example.com"), "\(answer.error)")
        try host.unmark("broken-server")
        _ = try await site.eventually("the renewed one is served") {
            try await host.served("a.example.com") == host.fingerprint(host.certificate.chain) ? true : nil
        }
        #expect(try await site.json("mail", "status").name == "a.example.com")
        #expect(host.told.filter { $0.hasPrefix("blog") } == ["blog a.example.com"])
        #expect(try await service.stop().status == 0)
        try await site.expectSound()
    }

    @Test("for a moment, being renewed file by file between two names, serves the newest in the end to all apps")
    func renewed() async throws {
        let host = try await MailHost(stubbed: true)
        let site = host.site
        let service = try await Service(site)
        try await host.register(verifying: ["blog", "wiki"])
        #expect(try await host.rename("a.example.com").status == 0)
        let backup = try await site.json("task", "start", "backup", "--app", "wiki").task.text ?? ""
        _ = try await site.task(backup, is: "running")
        let renaming = try site.start(["mail", "rename", "b.example.com", "--wait"])
        try await renaming.complains("blog is current")
        let (old, loaded) = (try await host.served("b.example.com"), reloads(host))
        let new = try host.authority.issue(MailHost.names)
        let newest = try host.fingerprint(new.chain)
        try host.replace(host.certificate.chain, by: new.chain)
        try await renaming.complains("certificate: the private key is not the certificate's")
        #expect(try await host.served("b.example.com") == old && reloads(host) == loaded)
        try host.replace(host.certificate.key, by: new.key)
        _ = try await site.eventually("it was seen to serve the newest") {
            try await site.json("mail", "show").served.certificate.text == newest ? true : nil
        }
        // Both are served by it: wiki has the old name still.
        for name in ["a.example.com", "b.example.com"] { #expect(try await host.served(name) == newest) }
        #expect(host.variable("SMTP_SERVER", of: "wiki") == "a.example.com")
        #expect(try await site.run("task", "stop", backup, "--now").status == 0)
        let answer = try await renaming.answer()
        #expect(answer.status == 0, "\(answer.error)")
        #expect(try await host.served("b.example.com") == newest && host.fingerprint(host.certificate.chain) == newest)
        // Nobody was told for the renewal.
        #expect(host.told.filter { !$0.hasPrefix("server") }.count == 4)
        #expect(try await service.stop().status == 0)
        try await site.expectSound()
    }
}
