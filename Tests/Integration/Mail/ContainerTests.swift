import Foundation
import Glibc
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

    @Test("are measured by their names: stopped, renamed and made anew while they are, and none for another")
    func measured() async throws {
        let engine: ContainerEngine
        do {
            engine = try ContainerEngine()
        } catch {
            try Test.cancel("skipped: \(error)")
        }
        let site = try await Site.make(
            configuration: """
                metrics:
                  interval: 1s
                  prometheus: "127.0.0.1:0"
                  apps: { container: "{app}", socket: "\(engine.socket)" }
                """)
        let service = try site.start(["serve"])
        try await service.complains("metrics at http://")
        let address = try service.metricsAddress()
        try await service.complains("serving")
        for app in ["blog", "blog-2", "og"] {
            #expect(try await site.run("app", "register", app, "--domain", "\(app).example.com").status == 0)
        }
        func until(_ what: String, _ isSo: (WebPage) -> Bool) async throws {
            let deadline = MonotonicTime.now.advanced(by: patience)
            while !isSo(try await address.get("/metrics")) {
                guard MonotonicTime.now < deadline else { throw NeverHappened(what: what) }
            }
        }
        func make(_ name: String, processes: Int, _ options: String...) throws {
            let script = String(repeating: "/bin/busybox sleep 1000000 & ", count: processes - 1)
            try engine.run(
                ["run", "--detach", "--name", name, "--network", "none"] + options
                    + [
                        ContainerEngine.image, "/bin/busybox", "sh", "-c",
                        script + "wait; exec /bin/busybox sleep 1000000",
                    ])
        }
        func processes(_ app: String) -> String { "interlock_app_processes{app=\"\(app)\"}" }
        // Nobody's app, though its name begins like one.
        try make("blog-22", processes: 5)
        try make("blog", processes: 2)
        try await until("blog is measured") { $0.value(processes("blog")) == 2 }
        try make("blog-2", processes: 3, "--cgroup-parent", "/interlock-containers/deep")
        try await until("it is found below its own parent") { $0.value(processes("blog-2")) == 3 }
        let page = try await address.get("/metrics")
        #expect(page.value(processes("blog")) == 2 && page.value(processes("og")) == nil)
        #expect(page.value(processes("blog-22")) == nil)
        // What runs on under another name is that one's.
        try engine.run(["rename", "blog", "old"])
        try await until("its series end") { $0.value(processes("blog")) == nil }
        try make("blog", processes: 4)
        try await until("the new one is measured, and not both") { $0.value(processes("blog")) == 4 }
        try engine.run(["rm", "--force", "blog"])
        try await until("its series end") { $0.value(processes("blog")) == nil }
        #expect(try await address.get("/metrics").value(processes("blog-2")) == 3)
        #expect(try await address.get("/metrics").value("interlock_collector_success{collector=\"apps\"}") == 1)
        try service.signal(SIGTERM)
        #expect(try await service.end().status == 0)
    }

    /// The mail server that each app's program finds in its environment.
    private func server(_ apps: [String], _ engine: ContainerEngine) throws -> [String] {
        try apps.map { app in
            let value = try engine.environment(of: app).first { $0.hasPrefix("MAIL_SMTP_SERVER=") }
            return String(try #require(value).dropFirst("MAIL_SMTP_SERVER=".count))
        }
    }
}
