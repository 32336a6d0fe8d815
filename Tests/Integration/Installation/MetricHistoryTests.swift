import System
import Testing

@Suite("metrics show", .timeLimit(.minutes(5)))
struct MetricHistoryTests {
    private static let configuration = "metrics: { interval: 1s, prometheus: \"127.0.0.1:0\" }\n"

    private func measured() async throws -> Site {
        let site = try await Site.make(configuration: Self.configuration)
        let service = try await Service(site)
        let address = try service.process.metricsAddress()
        while try await address.get("/metrics").value("interlock_collector_success{collector=\"memory\"}") == nil {}
        // It writes what it measured when it ends in good order.
        #expect(try await service.stop().status == 0)
        return site
    }

    @Test("knows after a service has ended what it measured, by whole and by short names")
    func show() async throws {
        let site = try await measured()
        let table = try await site.run("metrics", "show")
        #expect(table.status == 0 && table.lines.contains { $0.hasPrefix("interlock_host_memory_total_bytes ") })
        let rows = try await site.json("metrics", "show")
        let memory = try #require(rows.elements.first { $0.name.text == "interlock_host_memory_total_bytes" })
        #expect(try #require(memory.last.integer) > 1_000_000 && memory.min == memory.max)
        for name in ["memory_total_bytes", "interlock_host_memory_total_bytes"] {
            let course = try await site.run("metrics", "show", name)
            #expect(course.status == 0 && course.lines.first == "interlock_host_memory_total_bytes in steps of 1 s")
            let points = try await site.run("metrics", "show", name, "--json")
            #expect(points.lines.count == memory.count.integer)
        }
        let filtered = try await site.run("metrics", "show", "--since", "2099-01-01T00:00:00Z")
        #expect(filtered.status == 0 && filtered.lines == ["nothing was measured in this time"])
    }

    @Test("tells what there is like a name that is not there")
    func unknown() async throws {
        let site = try await measured()
        let near = try await site.run("metrics", "show", "memry_total_bytes")
        #expect(near.status == 66 && near.error.contains("There is: interlock_host_memory_total_bytes"))
        let some = try await site.run("metrics", "show", "swap")
        #expect(some.status == 66 && some.error.contains("interlock_host_swap_free_bytes, "))
        let app = try await site.run("metrics", "show", "--app", "blog")
        #expect(app.status == 66 && app.error.contains("nothing was measured of an app 'blog' on h1"))
    }

    @Test("says what is missing where nothing was measured")
    func empty() async throws {
        let site = try await Site.make()
        let answer = try await site.run("metrics", "show")
        #expect(answer.status == 66 && answer.error.contains("nothing was measured on "))
    }
}
