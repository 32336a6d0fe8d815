import Events
import Logging
import Synchronization
import System
import Testing

@testable import Projections
@testable import Runner

@Suite("Metrics")
struct MetricsTests {
    @Test("are written as Prometheus reads them")
    func exposition() {
        var page = Exposition()
        page.add("a_total", .counter, "Help.", 12)
        page.add("b_seconds", .gauge, "Help.", by: "type", [("plain", 0.25), ("a\"b\\c\nd", 1e-7)])
        #expect(
            page.text == """
                # HELP a_total Help.
                # TYPE a_total counter
                a_total 12
                # HELP b_seconds Help.
                # TYPE b_seconds gauge
                b_seconds{type="plain"} 0.25
                b_seconds{type="a\\"b\\\\c\\nd"} 1e-07

                """)
    }

    @Test("put a duration into every bucket that is not below it")
    func histogram() {
        var histogram = Histogram()
        for seconds in [0, 0.001, 0.0011, 59, 4000] { histogram.add(seconds) }
        let counts = Dictionary(uniqueKeysWithValues: zip(Histogram.bounds, histogram.cumulative))
        #expect(counts[0.0005] == 1 && counts[0.001] == 2 && counts[0.0025] == 3 && counts[60] == 4)
        #expect(counts[3600] == 4 && histogram.count == 5 && histogram.sum == 4059.0021)
        var page = Exposition()
        page.add("x_seconds", "Help.", histogram)
        #expect(page.text.contains("x_seconds_bucket{le=\"60\"} 4\nx_seconds_bucket{le=\"300\"} 4\n"))
        #expect(page.text.hasSuffix("x_seconds_bucket{le=\"+Inf\"} 5\nx_seconds_sum 4059.0021\nx_seconds_count 5\n"))
    }

    private func fact(_ event: Event, at seconds: Double = 0) -> Fact {
        Fact(position: 1, at: Timestamp(microseconds: Int(seconds * 1e6)), event: event)
    }

    private func queued(_ task: String, _ type: String) -> Fact {
        fact(.taskQueued(TaskQueued(task: TaskID(task), type: type, locks: [], requestedBy: "u")))
    }

    private func retried(_ task: String, order type: String? = nil) -> Fact {
        let order = type.map { TaskQueued(task: TaskID(task), type: $0, locks: [], requestedBy: "u") }
        return fact(
            .taskRetryScheduled(
                TaskRetryScheduled(task: TaskID(task), attempt: 2, notBefore: Timestamp(microseconds: 0), order: order))
        )
    }

    private func finished(_ task: String, _ outcome: TaskFinished.Outcome) -> Fact {
        fact(.taskFinished(TaskFinished(task: TaskID(task), attempt: 1, outcome: outcome, evidence: "e")))
    }

    @Test("count ended attempts by type and outcome, also of a task that is tried again")
    func endings() {
        var tally = Tally()
        for fact in [
            queued("a", "backup"), queued("b", "backup"), finished("a", .failed), finished("a", .succeeded),
            finished("b", .failed), finished("c", .lost),
        ] { tally.evolve(fact) }
        #expect(
            tally.endings == [
                .init(type: "backup", outcome: "failed"): 2, .init(type: "backup", outcome: "succeeded"): 1,
                .init(type: Tally.unknown, outcome: "lost"): 1,
            ])
    }

    @Test("count retries, and know the type of a task that is tried again, however much ended meanwhile")
    func retries() {
        var tally = Tally()
        for fact in [queued("a", "backup"), finished("a", .failed), retried("a")] { tally.evolve(fact) }
        for index in 0...Tally.rememberedTasks {
            tally.evolve(queued("t\(index)", "short"))
            tally.evolve(finished("t\(index)", .succeeded))
        }
        // Over before this service began; its order is told again with the retry that somebody asked for.
        for fact in [finished("a", .succeeded), retried("old", order: "mail"), finished("old", .lost)] {
            tally.evolve(fact)
        }
        #expect(tally.retries == 2)
        #expect(
            tally.endings == [
                .init(type: "backup", outcome: "failed"): 1, .init(type: "backup", outcome: "succeeded"): 1,
                .init(type: "short", outcome: "succeeded"): Tally.rememberedTasks + 1,
                .init(type: "mail", outcome: "lost"): 1,
            ])
    }

    @Test("do not grow with the number of types")
    func bounded() {
        var tally = Tally()
        for index in 0..<(Tally.maximumEndings + 10) {
            tally.evolve(queued("t\(index)", "type-\(index)"))
            tally.evolve(finished("t\(index)", .succeeded))
        }
        #expect(tally.endings.count == Tally.maximumEndings + 1)
        #expect(tally.endings[.init(type: Tally.others, outcome: "succeeded")] == 10)
    }

    @Test("tell how long a granted request waited, and nothing of one that was withdrawn")
    func waits() {
        var tally = Tally()
        let (first, second, session) = (RequestID("1"), RequestID("2"), SessionID("s"))
        for request in [first, second] {
            tally.evolve(fact(.lockRequested(LockRequested(request: request, session: session, locks: [])), at: 10))
        }
        tally.evolve(fact(.lockGranted(LockGranted(request: first, session: session, locks: [])), at: 12.5))
        tally.evolve(fact(.lockWithdrawn(LockWithdrawn(request: second, session: session, cause: .timedOut)), at: 40))
        #expect(tally.lockWaits.count == 1 && tally.lockWaits.sum == 2.5)
    }

    @Test(
        "are asked for by a request that ends with an empty line",
        arguments: [
            ("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", HTTPRequest.read(path: "/metrics", isHead: false)),
            ("HEAD /metrics?x=y HTTP/1.0\n\n", .read(path: "/metrics", isHead: true)),
            ("GET / HTTP/1.1\r\n\r\n", .read(path: "/", isHead: false)),
            ("POST /metrics HTTP/1.1\r\nContent-Length: 1\r\n\r\nx", .otherMethod),
            ("GET /metrics HTTP/1.1\r\nHost: x\r\n", nil), ("GET /metrics HTTP/1.1\r\n", nil), ("", nil), ("GET", nil),
            ("GET /metrics\r\n\r\n", .malformed), ("GET  /metrics HTTP/1.1\r\n\r\n", .malformed),
            ("GET /metrics HTTP/2\r\n\r\n", .malformed), ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", .malformed),
            ("GET http://x/metrics HTTP/1.1\r\n\r\n", .malformed), ("\r\n\r\n", .malformed), ("\n\n\n", .malformed),
        ])
    func request(text: String, meant: HTTPRequest?) {
        #expect(HTTPRequest(Array(text.utf8)) == meant)
    }

    @Test("of a request that is no text: malformed")
    func noText() {
        #expect(HTTPRequest([0xff, 0x20, 0x2f, 0x20, 0x80, 10, 10]) == .malformed)
    }

    @Test("tell of the database that it does not answer, with the last figures there were")
    func stale() async throws {
        struct Away: Error {}
        let isAway = Mutex(true)
        let fresh = FreshFigures {
            if isAway.withLock({ $0 }) { throw Away() }
            return StateFigures(Platform(), at: 5, host: "h1")
        }
        #expect(await fresh.figures().figures == nil)
        isAway.withLock { $0 = false }
        let now = await fresh.figures()
        #expect(now.areFresh && now.figures?.position == 5)
        isAway.withLock { $0 = true }
        let later = await fresh.figures()
        #expect(!later.areFresh && later.figures?.position == 5)
    }

    private func read(_ yaml: String) throws -> Configuration { try Configuration(yaml: Array(yaml.utf8), file: "x") }

    @Test("are measured where there is a section for them, and served and kept as it says")
    func configured() throws {
        #expect(try read("host: { id: h1 }").metrics == nil)
        #expect(try read("metrics: {}").metrics == MetricsSettings(interval: .seconds(10)))
        let plain = try read("metrics: { prometheus: 127.0.0.1:9121 }")
        #expect(plain.metrics?.prometheus?.description == "127.0.0.1:9121" && plain.notices.isEmpty)
        let more = try read(
            "metrics: { interval: 20s, prometheus: 9121, history: 2d, disk: 1G, alerts: [{ name: a, metric: b, above: 1 }] }"
        )
        #expect(more.metrics?.history == .seconds(2 * 86_400) && more.metrics?.disk.bytes == 1 << 30)
        #expect(more.metrics?.prometheus?.description == "127.0.0.1:9121" && more.metrics?.interval == .seconds(20))
        #expect(
            more.notices.map(\.description) == [
                "x:1:76: metrics.alerts: nothing measures 'b', about which the rule 'a' is"
            ])
        #expect { try read("metrics: { prometheus: example.com }") } throws: {
            "\($0)"
                == "x:1:24: metrics.prometheus must be an address and a port such as 127.0.0.1:9121, not 'example.com'"
        }
        for (text, words) in [
            ("history: 59m", "history must be at least 1h"), ("disk: 1M", "disk must be at least 16M"),
        ] {
            #expect { try read("metrics: { \(text) }") } throws: { "\($0)".hasSuffix(" metrics.\(words)") }
        }
        #expect { try read("metrics: { interval: 900ms }") } throws: {
            "\($0)" == "x:1:22: metrics.interval must be at least 1s"
        }
    }

    @Test("go to the carbon that is named by an address, or with what stands before each name")
    func carbon() throws {
        func graphite(_ text: String) throws -> GraphiteSettings? {
            try read("metrics: { graphite: \(text) }").metrics?.graphite
        }
        #expect(try graphite("carbon.example.com:2003")?.server.description == "carbon.example.com:2003")
        let whole = try graphite("{ server: \"[::1]:2003\", prefix: collectd.localhost }")
        #expect(whole?.server.description == "[::1]:2003" && whole?.prefix == "collectd.localhost")
        for (text, problem) in [
            ("2003", "metrics.graphite must be a name or an address and a port such as 127.0.0.1:2003, not '2003'"),
            ("{ prefix: a }", "metrics.graphite lacks server"),
            (
                "{ server: \"a:1\", prefix: a..b }",
                "metrics.graphite.prefix must be parts of letters, digits and _ - with dots between them, not 'a..b'"
            ),
        ] {
            #expect { try graphite(text) } throws: { "\($0)".hasSuffix(problem) }
        }
    }

    @Test("are had of directories, of the host and of each app, by labels and paths")
    func directories() throws {
        let settings = try read(
            "metrics: { directories: { mail: /var/mail, all: / }, apps: { directories: { data: \"/srv/{app}/d\" } } }"
        ).metrics
        #expect(settings?.directories == ["mail": "/var/mail", "all": "/"])
        #expect(settings?.apps.directories == ["data": "/srv/{app}/d"] && settings?.apps.cgroup == nil)
        let many = (0...20).map { "d\($0): /d\($0)" }.joined(separator: ", ")
        for (text, problem) in [
            ("directories: { a: x }", "metrics.directories.a must be an absolute path, not 'x'"),
            ("directories: { a: /x/../y }", "metrics.directories.a must be an absolute path, not '/x/../y'"),
            ("directories: { a: /x/ }", "metrics.directories.a must be an absolute path, not '/x/'"),
            ("directories: { a: \"/x/{app}\" }", "metrics.directories.a must be an absolute path, not '/x/{app}'"),
            ("directories: { \"-\": /x }", "a key of metrics.directories must be a name of letters"),
            ("directories: { \(many) }", "metrics.directories: there are more than 20"),
            (
                "apps: { directories: { a: /x } }",
                "metrics.apps.directories.a must be an absolute path with {app} in it, such as /srv/{app}/data, not '/x'"
            ),
        ] {
            #expect { try read("metrics: { \(text) }") } throws: { "\($0)".contains(problem) }
        }
    }

    @Test("are asked of programs too, each by a name of its own and with a deadline")
    func collectors() throws {
        func all(_ text: String) throws -> [OwnCollectorSettings]? {
            try read("metrics: { collectors: [\(text)] }").metrics?.collectors
        }
        let plain = try #require(try all("{ command: [/usr/bin/mine, x] }")?.first)
        #expect(plain.name == "mine" && plain.command == ["/usr/bin/mine", "x"] && plain.user == nil)
        #expect(plain.interval == .seconds(30) && plain.deadline == .seconds(10))
        #expect(try all("{ command: [a], interval: 2s }")?.first?.deadline == .seconds(2))
        for (text, problem) in [
            ("{}", "a collector of metrics.collectors lacks command"),
            (
                "{ command: [a] }, { command: [/x/a] }",
                "two of metrics.collectors are called 'a': give one of them another name"
            ),
            (
                "{ command: [cpu] }",
                "a collector of metrics.collectors: 'cpu' is what one of the service's own is called, or no name: give it another"
            ),
            (
                "{ command: [a], interval: 5s, deadline: 6s }",
                "a collector of metrics.collectors: its deadline must be at most its interval, and more than nothing"
            ),
            ("{ command: [a], interval: 10ms }", "a collector of metrics.collectors: its interval must be at least 1s"),
        ] {
            #expect { try all(text) } throws: { "\($0)".contains(problem) }
        }
    }

    @Test("of the host are told while they are wanted, in families that keep together")
    func measured() async throws {
        let host = HostMeasurements()
        #expect(host.readings == [])
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        host.measure(MetricsSettings(interval: .seconds(3600)), logger)
        while host.readings.isEmpty { await Task.yield() }
        var page = Exposition()
        page.add(host.readings)
        #expect(page.text.hasPrefix("# HELP interlock_host_cpu_seconds_total Processor time"))
        #expect(page.text.contains("\n# TYPE interlock_host_cpu_seconds_total counter\n"))
        #expect(page.text.contains("\ninterlock_host_cpu_seconds_total{mode=\"user\"} "))
        #expect(page.text.contains("\ninterlock_collector_success{collector=\"cpu\"} 1\n"))
        host.measure(nil, logger)
        #expect(host.readings == [])
    }
}
