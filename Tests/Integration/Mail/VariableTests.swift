import Foundation
import Glibc
import PeerTesting
import Testing

@testable import System

@Suite("An app's file of variables")
struct VariableTests {
    private func access(_ host: AppHost, _ app: String) -> FileAccess? { try? FileAccess(of: host.file(app)) }

    private func belongs(_ app: String, to user: String, _ host: AppHost) async throws {
        let wanted = FileAccess(userID: try #require(Host.credentials(ofUser: user)).userID, mode: 0o600)
        _ = try await host.site.eventually("\(app)'s file is \(user)'s alone") {
            access(host, app) == wanted ? true : nil
        }
    }

    @Test(
        "is its owner's alone, whoever changed that, and nobody is told again for that",
        .enabled(if: getuid() == 0, "giving a file to another user needs root"))
    func owner() async throws {
        let host = try await AppHost("env-owner: daemon")
        let service = try await Service(host.site)
        try await host.register("blog")
        try await host.register("wiki", "--env-owner", "nobody")
        try await belongs("blog", to: "daemon", host)
        try await belongs("wiki", to: "nobody", host)
        // Read again, then at a start, then behind somebody's back.
        try host.configure("env-owner: games")
        try service.process.signal(SIGHUP)
        try await belongs("blog", to: "games", host)
        #expect(try await service.stop().status == 0)
        try host.configure("env-owner: daemon")
        try await service.restart()
        try await belongs("blog", to: "daemon", host)
        #expect(try await service.stop().status == 0)
        try #require(chmod(host.file("blog"), 0o644) == 0 && chown(host.file("wiki"), 0, 0) == 0)
        try await service.restart()
        try await belongs("blog", to: "daemon", host)
        try await belongs("wiki", to: "nobody", host)
        #expect(try await host.site.json("task", "list").elements.isEmpty)
        #expect(try await service.stop().status == 0)
    }

    @Test("has one set of names when the prefix is another one, read again or at a start, and the app is told")
    func prefix() async throws {
        let host = try await AppHost()
        let service = try await Service(host.site)
        try await host.register("blog")
        let password = try await host.password("blog")
        // Others' lines, one of them with the password.
        let others = ["OWN=1", "PRESS_SMTP_PASSWORD=\(password)"]
        try DurableFile.append(Array((others.joined(separator: "\n") + "\n").utf8), to: host.file("blog"))
        let before = host.lines("blog")

        try host.configure("env-prefix: CLOUDRON_MAIL_")
        try service.process.signal(SIGHUP)
        _ = try await host.site.eventually("blog is told") { host.told.count == 1 ? true : nil }
        let ours = before.filter { $0.hasPrefix("MAIL_") }
        #expect(ours.count == 7)
        #expect(host.lines("blog") == others + ours.map { "CLOUDRON_\($0)" })
        #expect(try await service.stop().status == 0)
        try host.configure("env-prefix: X_")
        try await service.restart()
        _ = try await host.site.eventually("blog is told again") { host.told.count == 2 ? true : nil }
        #expect(host.lines("blog") == others + ours.map { "X_" + $0.dropFirst("MAIL_".count) })
        #expect(try await service.stop().status == 0)
        try await host.site.expectSound()
    }

    @Test(
        "is not given away with what it held when somebody put it there, and is written once it is the owner's",
        .enabled(if: getuid() == 0, "giving a file to another user needs root"))
    func bait() async throws {
        let host = try await AppHost("env-owner: daemon")
        let scratch = host.site.scratch
        let service = try await Service(host.site)
        let daemon = try #require(Host.credentials(ofUser: "daemon"))
        try DurableFile.makeDirectory(scratch.file("theirs"))
        try #require(chown(scratch.file("theirs"), daemon.userID, daemon.groupID) == 0)
        let file = scratch.file("theirs/blog.env")
        try scratch.write("KEY=root's\n", to: "theirs/blog.env")
        let before = try FileAccess(of: file)
        try await host.register("blog", file: file)
        try await service.process.complains("chown it, or move it away")
        #expect(scratch.text("theirs/blog.env") == "KEY=root's\n")
        #expect(try FileAccess(of: file) == before)
        try #require(chown(file, daemon.userID, daemon.groupID) == 0)
        #expect(try await host.reconfigured("blog").outcome == "succeeded")
        #expect(scratch.text("theirs/blog.env").hasPrefix("KEY=root's\nMAIL_"))
        #expect(try await service.stop().status == 0)
    }

    @Test("is written through no symbolic link, and what the link leads to stays as it is")
    func links() async throws {
        let host = try await AppHost()
        let scratch = host.site.scratch
        let service = try await Service(host.site)
        try scratch.write("not yours\n", to: "target")
        try DurableFile.makeDirectory(scratch.file("real"))
        for (link, target) in [("file.env", "target"), ("folder", "real")] {
            try FileManager.default.createSymbolicLink(
                atPath: scratch.file(link), withDestinationPath: scratch.file(target))
        }
        try await host.register("file")
        try await host.register("folder", file: scratch.file("folder/x.env"))
        for app in ["file", "folder"] {
            try await service.process.complains("app '\(app)'")
            let task = try await host.reconfigured(app)
            #expect(task.outcome == "not-started" && task.evidence.text?.contains("symbolic link") == true, "\(task)")
        }
        #expect(scratch.text("target") == "not yours\n")
        #expect(try Directory.names(in: scratch.file("real")) == [])
        #expect(try readLink(host.file("file")) == scratch.file("target"))
        #expect(try await service.stop().status == 0)
    }

    @Test("is not touched by a dry run, which says what the app would be given and by which task")
    func dryRun() async throws {
        let host = try await AppHost()
        let site = host.site
        try await host.register("blog", "--requires-valid-certificate")
        try await host.register("mute", "--no-mail")
        let text = try await site.run("app", "reconfigure", "blog", "--dry-run")
        #expect(text.output == "would give blog the mail server mail by a task configure\n")
        let plan = try await site.json("app", "reconfigure", "blog", "--dry-run")
        #expect(plan.app == "blog" && plan.wanted == "mail" && plan.mailFrom == "no-reply@blog.example.com")
        #expect(
            try await site.run("app", "reconfigure", "mute", "--dry-run").output
                == "would give mute no mail by a task configure\n")
        try await site.refuses(["app", "reconfigure", "none", "--dry-run"], 66, "no-such-app", "there is no app")
        #expect(try await site.json("task", "list").elements.isEmpty)
        #expect(!Directory.contains(host.file("blog")) && host.told == [])
    }
}

@Suite("A rename that somebody asks about")
struct RenameAskedTests {
    @Test("tells why an app is not there yet to administrators only")
    func reasons() async throws {
        let host = try await AppHost(script: "exit 3")
        let site = host.site
        let service = try await Service(site)
        for (user, role) in [("mel", "mailmanager"), ("pia", "user")] {
            #expect(try await site.run("user", "add", user, "--role", role).status == 0)
        }
        try await host.register("blog", "--requires-valid-certificate")
        #expect(try await host.reconfigured("blog").exitCode == 3)
        let app = try await site.json("mail", "status").apps.elements.first
        #expect(
            app?.state == "failed" && app?.reason.text?.contains("exited with 3") == true, "\(String(describing: app))")
        let manager = try await site.json("mail", "status", "--as", "mel").apps.elements.first
        #expect(manager?.state == "failed" && manager?.names == ["app", "wanted", "applied", "state"])
        #expect(try await site.run("mail", "status", "--as", "mel").output.contains("exited") == false)
        #expect(try await site.json("mail", "status", "--as", "pia").names == ["generation", "previous"])
        #expect(try await service.stop().status == 0)
    }

    @Test("is not waited for where no runner lives, though one died unseen")
    func nobody() async throws {
        let authority = try CertificateAuthority()
        let issued = try authority.issue(["a.example.com"])
        let host = try await AppHost("certificate: \(issued.chain)\nkey: \(issued.key)\nca: \(authority.file)")
        let service = try await Service(host.site)
        try await service.kill()
        let answer = try await host.site.run("mail", "rename", "a.example.com", "--wait")
        #expect(answer.status == 69 && answer.error.contains("Start one: interlock serve"), "\(answer)")
        #expect(try await host.site.json("mail", "show").wanted.name == "a.example.com")
    }
}
