import Foundation
import PeerTesting
import Testing

@testable import System

/// Debian's Docker engine, of the test's own.
@Suite("Apps in containers")
struct ContainerTests {
    /// What a platform does for an app that is to have other values: its container is made anew, with its variables.
    private static let program = """
        import subprocess, sys
        folder, image, *docker, app = sys.argv[1:]
        subprocess.run(docker + ["rm", "--force", app], check=False)
        subprocess.run(docker + ["run", "--detach", "--name", app, "--network", "none",
                                 "--env-file", folder + "/" + app + ".env", image], check=True)
        """

    @Test("are made anew with the new name, just those that verify it and once; the others stay what they were")
    func renamed() async throws {
        let engine: ContainerEngine
        do {
            engine = try ContainerEngine()
        } catch {
            try Test.cancel("skipped: \(error)")
        }
        let programs = try PeerDirectory()
        let program = try programs.write(Self.program, to: "remake.py")
        let host = try await MailHost(stubbed: true) {
            ["python3", program, $0, ContainerEngine.image] + engine.client
        }
        let site = host.site
        let service = try await Service(site)
        try await host.register(verifying: ["blog", "wiki"], others: ["chat"])
        #expect(try await host.rename("a.example.com").status == 0)
        let first = try await site.json("app", "reconfigure", "chat").task.text ?? ""
        #expect(try await site.finished(first).outcome == "succeeded")
        let apps = ["blog", "chat", "wiki"]
        let old = try apps.map(engine.container)
        #expect(try server(apps, engine) == ["a.example.com", "mail", "a.example.com"])

        let answer = try await host.rename("b.example.com")
        #expect(answer.status == 0, "\(answer.error)")
        let new = try apps.map(engine.container)
        #expect(zip(old, new).map { $0 == $1 } == [false, true, false], "\(old) \(new)")
        #expect(new.allSatisfy { $0.hasSuffix(" running") })
        #expect(try server(apps, engine) == ["b.example.com", "mail", "b.example.com"])
        let password = try #require(host.variable("SMTP_PASSWORD", of: "blog"))
        #expect(try engine.environment(of: "blog").contains("MAIL_SMTP_PASSWORD=\(password)"))
        let made = try await site.json("task", "list", "--type", "configure").elements.map(\.app.text)
        #expect(made.compactMap(\.self).sorted() == ["blog", "blog", "chat", "wiki", "wiki"])
        #expect(try await service.stop().status == 0)
        try await site.expectSound()
    }

    /// The mail server that each app's program finds in its environment.
    private func server(_ apps: [String], _ engine: ContainerEngine) throws -> [String] {
        try apps.map { app in
            let value = try engine.environment(of: app).first { $0.hasPrefix("MAIL_SMTP_SERVER=") }
            return String(try #require(value).dropFirst("MAIL_SMTP_SERVER=".count))
        }
    }
}
