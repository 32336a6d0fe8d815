import Foundation
import Testing

@testable import System

@Suite("What is measured and watched", .timeLimit(.minutes(5)))
struct AlertTests {
    /// A rule about what a program prints, which is a file's content.
    private func site() async throws -> Site {
        let site = try await Site.make()
        let file = site.scratch.file("queue")
        try site.scratch.write(
            """
            host: { id: h1 }
            metrics:
              interval: 1s
              collectors: [{ name: queue, command: [cat, "\(file)"], interval: 1s, deadline: 1s }]
              alerts: [{ name: jam, metric: queue_length, above: 10, clear: 5, hits: 1, within: 1, calm: 1 }]
            """, to: "interlock.yaml")
        try set(site, 1)
        _ = try await site.run("user", "add", "olga", "--role", "owner")
        _ = try await site.run("app", "register", "blog", "--domain", "blog.example.com")
        return site
    }

    private func set(_ site: Site, _ value: Int) throws {
        try site.scratch.write("# TYPE queue_length gauge\nqueue_length{app=\"blog\"} \(value)\n", to: "queue")
    }

    private func alert(_ site: Site) async throws -> JSON? {
        try await site.json("notification", "list").elements.first { $0.kind == "metric-alert" }
    }

    @Test("is told once, stays told while the runner is killed and away, and is over with what was measured")
    func life() async throws {
        let site = try await site()
        let service = try await Service(site)
        #expect(try await alert(site) == nil)
        try set(site, 11)
        let told = try await site.eventually("it is told") { try await alert(site) }
        #expect(told.subject == "h1 jam app blog" && told.severity == "warning" && told.count == 1)
        #expect(told.title == "jam: queue_length of app blog is above 10 on h1")
        #expect(
            told.body.text == """
                Measured last: 11. Told above 10; over after 1 good samples, at 5 or better.
                See: interlock metrics show queue_length --app blog
                """)
        try await service.kill()
        try await service.restart()
        try set(site, 5)
        _ = try await site.eventually("it is over") { () -> Bool? in try await alert(site) == nil ? true : nil }
        let raised = try await site.run("log", "export", "--json").lines.filter {
            $0.contains("notification.raised") && $0.contains("metric-alert")
        }
        #expect(raised.count == 1, "told anew after the restart")
        #expect(try await service.stop().status == 0)
        try await site.expectSound()
    }

    @Test("is over when its rule is no more, by a reload as well as while no runner was there")
    func without() async throws {
        let site = try await site()
        let service = try await Service(site)
        try set(site, 11)
        _ = try await site.eventually("it is told") { try await alert(site) }
        let rules = site.scratch.text("interlock.yaml")
        let without = rules.split(separator: "\n").filter { !$0.contains("alerts:") }.joined(separator: "\n")
        try site.scratch.write(without, to: "interlock.yaml")
        try service.process.signal(SIGHUP)
        _ = try await site.eventually("it is over") { () -> Bool? in try await alert(site) == nil ? true : nil }
        try site.scratch.write(rules, to: "interlock.yaml")
        try service.process.signal(SIGHUP)
        _ = try await site.eventually("it is told again") { try await alert(site) }
        try await service.kill()
        try site.scratch.write(without, to: "interlock.yaml")
        try await service.restart()
        _ = try await site.eventually("it is over") { () -> Bool? in try await alert(site) == nil ? true : nil }
        #expect(try await service.stop().status == 0)
        try await site.expectSound()
    }
}
