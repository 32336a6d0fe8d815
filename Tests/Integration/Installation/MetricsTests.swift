import Foundation
import Glibc
import MySQL
import ServerTesting
import Testing

@testable import System

@Suite("GET /metrics", .timeLimit(.minutes(5)))
struct MetricsTests {
    static let configuration = Types.configuration + "\nmetrics: { prometheus: \"127.0.0.1:0\" }\n"

    private func withMetrics(_ body: (Site, ListenAddress) async throws -> Void) async throws {
        let site = try await Site.make(configuration: Self.configuration)
        let service = try await Service(site)
        try await body(site, try service.process.metricsAddress())
        #expect(try await service.stop().status == 0)
        try await site.expectSound()
    }

    /// Of the guides, so that what is missing is told and not the whole of them.
    private static func guideWords() throws -> Set<String> {
        let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../../docs")
        let texts = try ["running-as-a-service.md", "metrics.md"].map {
            try String(contentsOf: directory.appending(path: $0).standardizedFileURL, encoding: .utf8)
        }
        return Set(texts.joined().split(separator: /[^a-z_]+/).map(String.init))
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

    @Test("keeps the rules of Prometheus, promtool's own where that is installed; the guide names every metric")
    func clean() async throws {
        let guide = try Self.guideWords()
        try await withMetrics { site, address in
            _ = try await site.finished(try await site.task("exit 1"))
            let page = try await site.eventually("it is counted") {
                let page = try await address.get("/metrics").body
                return page.contains("outcome=\"failed\"") ? page : nil
            }
            let rules = ExpositionRules(page)
            #expect(rules.faults == [])
            #expect(rules.families.count > 20)
            #expect(rules.families.filter { !guide.contains($0) } == [], "missing in the guide")
            guard access("/usr/bin/promtool", X_OK) == 0 else { return }
            try site.scratch.write(page, to: "metrics")
            let check = try Interlock(
                ["sh", "-c", "promtool check metrics < \"$0\"", site.scratch.file("metrics")].map { Array($0.utf8) },
                environment: site.environment)
            let answer = try await check.answer()
            #expect(answer.status == 0 && answer.output == "" && answer.error == "", "\(answer)")
        }
    }

    @Test("tells of the host, again and again, also before the runner may follow the log")
    func host() async throws {
        let site = try await Site.make(
            configuration: Types.configuration + "\nmetrics: { interval: 1s, prometheus: \"127.0.0.1:0\" }\n")
        _ = try await site.run("lock", "run", "/a", "--", "true")
        let blocker = try site.connection()
        try blocker.begin()
        try blocker.query("SELECT position FROM log_head FOR UPDATE", []) { _ in }
        let service = try site.start(["serve"])
        try await service.complains("metrics at http://")
        let address = try service.metricsAddress()
        var page = try await address.get("/metrics")
        while page.value("interlock_collector_success{collector=\"memory\"}") == nil {
            page = try await address.get("/metrics")
        }
        #expect(page.value("interlock_collector_success{collector=\"memory\"}") == 1)
        #expect(try #require(page.value("interlock_host_cpu_seconds_total{mode=\"user\"}")) > 0)
        #expect(try #require(page.value("interlock_host_filesystem_size_bytes{mount=\"/\"}")) > 0)
        let last = "interlock_collector_last_success_timestamp_seconds{collector=\"memory\"}"
        let before = try #require(page.value(last))
        while page.value(last) == before { page = try await address.get("/metrics") }
        #expect(try #require(page.value(last)) > before)
        try blocker.rollback()
        try await service.complains("serving")
        try service.signal(SIGTERM)
        #expect(try await service.end().status == 0)
    }

    @Test(
        "tell of apps and tasks as they come and go, without a restart; a new container begins anew",
        .enabled(if: Cgroup.make(name: "interlock-metrics-tests").map { $0.remove() } ?? false))
    func comingAndGoing() async throws {
        let prefix = "interlock-it-\(UUID().uuidString.prefix(8))"
        let site = try await Site.make(
            configuration: """
                tasks: { wait: { command: [sleep, "1000"] } }
                metrics: { interval: 1s, prometheus: "127.0.0.1:0", apps: { cgroup: "\(prefix)-{app}" } }
                """)
        let service = try site.start(["serve"])
        try await service.complains("metrics at http://")
        let address = try service.metricsAddress()
        func until(_ what: String, _ isSo: (WebPage) -> Bool) async throws {
            let deadline = MonotonicTime.now.advanced(by: patience)
            while !isSo(try await address.get("/metrics")) {
                guard MonotonicTime.now < deadline else { throw NeverHappened(what: what) }
            }
        }
        let seconds = "interlock_app_cpu_seconds_total{app=\"blog\",mode=\"user\"}"
        let cgroup = try #require(Cgroup.make(name: "\(prefix)-blog"))
        defer { cgroup.remove() }
        try await service.complains("serving")
        #expect(try await address.get("/metrics").value(seconds) == nil)
        #expect(try await site.run("app", "register", "blog", "--domain", "blog.example.com").status == 0)
        try await until("the app is measured") { $0.value(seconds) == 0 }
        #expect(cgroup.remove())
        try await until("its series end") { $0.value(seconds) == nil }
        #expect(Cgroup.make(name: "\(prefix)-blog") == cgroup)
        try await until("the new container is measured") { $0.value(seconds) == 0 }
        #expect(try await site.run("app", "remove", "blog").status == 0)
        try await until("the series of an app that is removed end") { $0.value(seconds) == nil }
        let task = try #require(try await site.json("task", "start", "wait").task.text)
        let started = "interlock_task_start_timestamp_seconds{task=\"\(task)\"}"
        try await until("the task is measured") { $0.value(started) != nil }
        let rules = ExpositionRules(try await address.get("/metrics").body)
        #expect(rules.faults == [])
        // A task's are told there by what an app's are called.
        let guide = try Self.guideWords()
        let untold = rules.families.filter {
            !guide.contains($0) && !guide.contains($0.replacing("interlock_task_", with: "interlock_app_"))
        }
        #expect(untold == [], "missing in the guide")
        #expect(try await site.run("task", "stop", task, "--now").status == 0)
        try await until("the task's series end") { $0.value(started) == nil }
        try service.signal(SIGTERM)
        #expect(try await service.end().status == 0)
    }

    @Test("by a program that hangs are waited for by nobody: a service that ends leaves none behind")
    func collectorsEnd() async throws {
        let site = try await Site.make()
        let script = "echo $$ > \(site.scratch.file("pid")); exec sleep 1000"
        try site.scratch.write(
            """
            host: { id: h1 }
            metrics: { collectors: [{ command: [sh, -c, "\(script)"], interval: 1h, deadline: 1h }] }
            """, to: "interlock.yaml")
        let service = try await Service(site)
        let hanging = try await site.scratch.process("pid")
        #expect(try await service.stop().status == 0)
        try await ends(hanging)
    }

    @Test(
        "would not keep the rules",
        arguments: [
            "# HELP interlock_a A.\n# TYPE interlock_a gauge\ninterlock_a 1",
            "# HELP interlock_a A.\n# TYPE interlock_a gauge\n", "# TYPE interlock_a gauge\ninterlock_a 1\n",
            "# HELP interlock_a A.\n# TYPE interlock_a counter\ninterlock_a 1\n",
            "# HELP interlock_a_total A.\n# TYPE interlock_a_total gauge\ninterlock_a_total 1\n",
            "# HELP interlock_a_total A.\n# TYPE interlock_a_total counter\ninterlock_a_total -1\n",
            "# HELP interlock_a_minutes A.\n# TYPE interlock_a_minutes gauge\ninterlock_a_minutes 1\n",
            "# HELP a A.\n# TYPE a gauge\na 1\n", "# HELP interlock_a \n# TYPE interlock_a gauge\ninterlock_a 1\n",
            "# HELP interlock_a A.\n# TYPE interlock_a gauge\ninterlock_b 1\n",
            "# HELP interlock_a A.\n# TYPE interlock_a gauge\ninterlock_a 1\ninterlock_a 2\n",
            "# HELP interlock_a A.\n# TYPE interlock_a gauge\ninterlock_a one\n",
            "# HELP interlock_a A.\n# TYPE interlock_a gauge\ninterlock_a{b=\"\"\"} 1\n",
            "# HELP interlock_a A.\n# TYPE interlock_a histogram\ninterlock_a_bucket{le=\"1\"} 2\n"
                + "interlock_a_bucket{le=\"+Inf\"} 1\ninterlock_a_sum 1\ninterlock_a_count 1\n",
            "# HELP interlock_a A.\n# TYPE interlock_a histogram\ninterlock_a_bucket{le=\"1\"} 1\n"
                + "interlock_a_sum 1\ninterlock_a_count 1\n",
        ])
    func faults(page: String) {
        #expect(ExpositionRules(page).faults != [])
    }

    @Test("moves at SIGHUP; where its new address is taken it stays, and says so; without one nobody answers")
    func moves() async throws {
        let site = try await Site.make(configuration: Self.configuration)
        let manager = try Manager(in: site.scratch)
        let service = try site.start(["serve"], ["NOTIFY_SOCKET": manager.path])
        _ = try await manager.hears("READY=1")
        func reload(_ metrics: String) async throws {
            try site.scratch.write("host: { id: h1 }\n" + metrics, to: "interlock.yaml")
            try service.signal(SIGHUP)
            _ = try await manager.hears("RELOADING=1")
            _ = try await manager.hears("READY=1")
        }
        let first = try service.metricsAddress()
        let taken = try StreamListener(at: try #require(ListenAddress(written: "0")))
        try await reload("metrics: { prometheus: \"\(taken.address)\" }")
        #expect(service.error.contains("Address already in use; where it listened holds"))
        #expect(try await first.get("/metrics").value("interlock_configuration_last_reload_successful") == 1)
        try await reload("metrics: { prometheus: \"127.0.0.2:0\" }")
        let second = try service.metricsAddress()
        #expect(second.host == "127.0.0.2")
        #expect(try await second.get("/metrics").status == 200)
        try await reload("metrics: { prometheus: none }")
        let page = try await second.get("/metrics")
        #expect(page.value("interlock_configuration_last_reload_successful") == 0)
        #expect(page.value("interlock_configuration_reloads_total{result=\"refused\"}") == 1)
        #expect(page.value("interlock_configuration_reloads_total{result=\"taken\"}") == 2)
        try await reload("")
        for address in [first, second] {
            _ = try await eventually("nobody listens", in: site.scratch.path) { address.isReachable ? nil : true }
        }
        try service.signal(SIGTERM)
        #expect(try await service.end().status == 0)
    }

    @Test("counts what is parked")
    func parked() async throws {
        let site = try await Site.make(
            configuration: """
                tasks:
                  bad: { command: ["false"] }
                  tell: { command: [echo, "{what}"], arguments: { what: { pattern: "[a-z]+" } } }
                reactions: [{ name: broken, on: task.finished, where: { type: bad }, start: tell, arguments: { what: "{evidence}" } }]
                metrics: { prometheus: "127.0.0.1:0" }

                """)
        let service = try await Service(site)
        let address = try service.process.metricsAddress()
        #expect(try await address.get("/metrics").value("interlock_reactions_parked") == 0)
        #expect(try await site.run("task", "run", "bad").status == 1)
        try await service.process.complains("reaction broken to event")
        _ = try await site.eventually("it is counted") {
            try await address.get("/metrics").value("interlock_reactions_parked") == 1 ? true : nil
        }
        #expect(try await service.stop().status == 0)
    }

    @Test("tells how long the runner has not followed the log, and no number of events, before it does")
    func early() async throws {
        let site = try await Site.make(configuration: Self.configuration)
        _ = try await site.run("lock", "run", "/a", "--", "true")
        // It cannot register as long as somebody has the head.
        let blocker = try site.connection()
        try blocker.begin()
        try blocker.query("SELECT position FROM log_head FOR UPDATE", []) { _ in }
        let service = try site.start(["serve"])
        try await service.complains("metrics at http://")
        let page = try await service.metricsAddress().get("/metrics")
        #expect(page.value("interlock_follower_lag_events") == nil)
        #expect(try #require(page.value("interlock_follower_lag_seconds")) > 0)
        try blocker.rollback()
        try await service.complains("serving")
        try service.signal(SIGTERM)
        #expect(try await service.end().status == 0)
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
