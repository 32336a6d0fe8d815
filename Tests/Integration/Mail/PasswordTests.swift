import Foundation
import Testing

@testable import System

@Suite("The mail password of an app")
struct PasswordTests {
    @Test("stays through the app's removal, and is taken up from its file behind a dump that lacks it")
    func survives() async throws {
        let host = try await AppHost()
        let site = host.site
        try await site.use()
        try site.dump()
        let service = try await Service(site)
        try await host.register("blog")
        let password = try await host.password("blog")
        #expect(try await site.run("app", "remove", "blog").status == 0)
        try DurableFile.remove(host.file("blog"))
        try await host.register("blog")
        #expect(try await host.password("blog") == password)
        #expect(try await service.stop().status == 0)

        try site.restore()
        #expect(try await site.run("log", "adopt").status == 0)
        #expect(try site.number("SELECT COUNT(*) FROM password") == 0)
        try await host.register("blog")
        try await service.restart()
        _ = try await site.eventually("it is taken up") {
            try site.number("SELECT COUNT(*) FROM password") == 1 ? true : nil
        }
        try DurableFile.remove(host.file("blog"))
        #expect(try await host.reconfigured("blog").outcome == "succeeded")
        #expect(try await host.password("blog") == password)
        #expect(try await service.stop().status == 0)
        #expect(try await site.run("log", "verify").status == 0)
    }

    @Test("is told to be locked away while the key is lost or another one, and no new one is made")
    func key() async throws {
        let host = try await AppHost()
        let site = host.site
        let service = try await Service(site)
        try await host.register("blog")
        let password = try await host.password("blog")
        let key = "\(site.stateDirectory)/secrets.key"
        try Directory.move(key, to: "\(key).away")
        try await refused(host, service, "missing", newcomer: "wiki")
        // Nor is one made for something else, which would be the wrong one for the passwords.
        try site.scratch.write("t", to: "token")
        let start = ["task", "start", "hush", "--arg-file", "token=\(site.scratch.file("token"))"]
        try await site.refuses(start, 78, "secret-key", "missing")
        #expect(!Directory.contains(key))
        try DurableFile.write([UInt8](repeating: 1, count: 32), to: key)
        try await refused(host, service, "another key", newcomer: "docs")

        try Directory.move("\(key).away", to: key)
        #expect(try await host.reconfigured("blog").outcome == "succeeded")
        #expect(try await service.stop().status == 0)
        try await service.restart()
        for app in ["wiki", "docs"] { #expect(try await host.password(app) != password) }
        #expect(try await host.password("blog") == password)

        // Lost for good: what the guide says then.
        #expect(try await service.stop().status == 0)
        try DurableFile.remove(key)
        try site.sql("DELETE FROM password")
        try await service.restart()
        #expect(try await host.reconfigured("blog").outcome == "succeeded")
        #expect(try await host.password("blog") == password)
        #expect(try await service.stop().status == 0)
        try await site.expectSound()
    }

    /// By the task, by the service for an app that has none yet, and by the command.
    private func refused(_ host: AppHost, _ service: Service, _ words: String, newcomer: String) async throws {
        try await host.register(newcomer)
        try await service.process.complains("app '\(newcomer)'")
        let task = try await host.reconfigured("blog")
        #expect(task.outcome == "not-started" && task.evidence.text?.contains(words) == true, "\(task)")
        try await host.site.refuses(["mail", "credentials"], 78, "secret-key", words)
        #expect(!Directory.contains(host.file(newcomer)))
        #expect(try host.site.number("SELECT COUNT(*) FROM password") == 1)
    }

    @Test("is put right in a file where somebody changed it, and the app is told")
    func changed() async throws {
        let host = try await AppHost()
        let service = try await Service(host.site)
        try await host.register("blog")
        let password = try await host.password("blog")
        #expect(try await service.stop().status == 0)
        let text = host.site.scratch.text("blog.env")
        try DurableFile.write(Array(text.replacing(password, with: "guessed").utf8), to: host.file("blog"))
        try await service.restart()
        _ = try await host.site.eventually("blog is told") { host.told == ["blog"] ? true : nil }
        #expect(host.site.scratch.text("blog.env") == text)
        #expect(try await service.stop().status == 0)
    }
}
