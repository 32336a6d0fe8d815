import Glibc
import MySQL
import ServerTesting
import Testing

@testable import System

@Suite("GET /metrics")
struct MetricsTests {
    static let configuration = Types.configuration + "\nmetrics: { prometheus: \"127.0.0.1:0\" }\n"

    private func withMetrics(_ body: (Site, ListenAddress) async throws -> Void) async throws {
        let site = try await Site.make(configuration: Self.configuration)
        let service = try await Service(site)
        try await body(site, try service.process.metricsAddress())
        #expect(try await service.stop().status == 0)
        try await site.expectSound()
    }

    @Test("tells what is so and what has happened")
    func figures() async throws {
        try await withMetrics { site, address in
            let (lock, barrier) = (site.path(), try site.barrier())
            let first = try await site.task("read x < \(barrier); exit 3", lock: lock)
            try await site.task(first, is: "running")
            let second = try await site.task("true", lock: lock)
            let page = try await address.get("/metrics")
            #expect(page.status == 200)
            #expect(page.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8")
            #expect(page.headers["Content-Length"] == String(page.body.utf8.count))
            #expect(page.value("interlock_tasks{state=\"running\"}") == 1)
            #expect(page.value("interlock_tasks{state=\"waiting\"}") == 1)
            #expect(page.value("interlock_host_tasks") == 1)
            #expect(try #require(page.value("interlock_oldest_task_age_seconds{state=\"waiting\"}")) > 0)
            #expect(page.value("interlock_lock_requests_waiting") == 1)
            #expect(page.value("interlock_database_up") == 1)
            #expect(try #require(page.value("process_resident_memory_bytes")) > 1e6)
            // With another database there is no private one to tell of.
            #expect(page.value("interlock_private_server_up") == nil)
            try await site.pass(barrier)
            _ = try await site.finished(second)
            let failed = "interlock_tasks_finished_total{type=\"shell\",outcome=\"failed\"}"
            let after = try await site.eventually("it is counted") {
                let page = try await address.get("/metrics")
                let lag = page.value("interlock_follower_lag_events")
                return page.value(failed) == 1 && lag == 0 ? page : nil
            }
            #expect(after.value("interlock_tasks_finished_total{type=\"shell\",outcome=\"succeeded\"}") == 1)
            #expect(after.value("interlock_tasks{state=\"running\"}") == 0)
            #expect(after.value("interlock_oldest_task_age_seconds{state=\"waiting\"}") == 0)
            #expect(try #require(after.value("interlock_lock_wait_seconds_count")) >= 2)
            #expect(try #require(after.value("interlock_lock_wait_seconds_sum")) > 0)
            #expect(try #require(after.value("interlock_commit_duration_seconds_count")) >= 3)
            #expect(try #require(after.value("interlock_events_appended_total")) >= 3)
            #expect(after.value("interlock_follower_lag_seconds") == 0)
        }
    }

    @Test("is what promtool calls clean")
    func clean() async throws {
        guard
            let promtool = ["/usr/bin/promtool", "/usr/local/bin/promtool"].first(where: { (path: String) in
                access(path, X_OK) == 0
            })
        else { try Test.cancel("promtool is not installed: apt-get install prometheus") }
        try await withMetrics { site, address in
            _ = try await site.finished(try await site.task("exit 1"))
            try site.scratch.write(try await address.get("/metrics").body, to: "metrics")
            let check = try Interlock(
                ["sh", "-c", "\"$0\" check metrics < \"$1\"", promtool, site.scratch.file("metrics")].map {
                    Array($0.utf8)
                }, environment: site.environment)
            let answer = try await check.answer()
            #expect(answer.status == 0 && answer.output == "" && answer.error == "", "\(answer)")
        }
    }

    @Test("is all that is answered: 404 for another path, 405 for another method, 400 and 431 for what is no request")
    func others() async throws {
        try await withMetrics { _, address in
            #expect(try await address.get("/").status == 404)
            #expect(try await address.get("/metrics/").status == 404)
            let post = try await address.get("/metrics", method: "POST")
            #expect(post.status == 405 && post.headers["Allow"] == "GET, HEAD")
            let head = try await address.get("/metrics?x=y", method: "HEAD")
            #expect(head.status == 200 && head.body == "")
            #expect(try #require(head.headers["Content-Length"].flatMap { Int($0) }) > 1000)
            #expect(try WebPage(try await address.answer(to: "hello\r\n\r\n")).status == 400)
            let long = "GET /metrics HTTP/1.1\r\nX: " + String(repeating: "x", count: 20_000) + "\r\n\r\n"
            #expect(try WebPage(try await address.answer(to: long)).status == 431)
        }
    }

    @Test("is not answered while as many hold connections as may be, and is again when they are gone")
    func crowd() async throws {
        try await withMetrics { _, address in
            var crowd = try (0..<16).map { _ in try address.open() }
            let page = try? await address.get("/metrics")
            #expect(page == nil, "one more is closed unanswered")
            withExtendedLifetime(crowd) {}
            crowd = []
            var status: Int?
            while status != 200 { status = try? await address.get("/metrics").status }
        }
    }

    @Test("at an address that is taken: the service does not start, 78 and the setting")
    func taken() async throws {
        let taken = try StreamListener(at: try #require(ListenAddress(written: "0")))
        let site = try await Site.make(configuration: "metrics: { prometheus: \"\(taken.address)\" }\n")
        let answer = try await site.run("serve")
        #expect(answer.status == 78)
        #expect(answer.error.contains("metrics.prometheus: cannot listen at \(taken.address): Address already in use"))
        let events = try await site.run("log", "export").output
        #expect(!events.contains("runner.registered"))
    }

    @Test("tells that the database is away, with the last figures")
    func away() async throws {
        let server = try await ScratchServer.start()
        let site = try Site(
            database: try await server.createDatabase().url,
            configuration: "host: { id: h1 }\nmetrics: { prometheus: \"127.0.0.1:0\" }\n")
        let service = try await Service(site).process
        let address = try service.metricsAddress()
        let sessions = try await address.get("/metrics").value("interlock_sessions")
        try await server.stop()
        let page = try await address.get("/metrics")
        #expect(page.status == 200 && page.value("interlock_database_up") == 0)
        #expect(sessions == 1 && page.value("interlock_sessions") == 1)
        #expect(try #require(page.value("interlock_state_age_seconds")) > 0)
        try service.signal(SIGTERM)
        #expect(try await service.end().status == 0)
    }
}
