import Events
import Projections
import Runner
import Testing

@Suite("A configuration file")
struct ConfigurationTests {
    @Test("says what it says: every key")
    func everyKey() throws {
        let read = try configuration(completeConfiguration)
        #expect(read.database == "mysql://interlock:secret@db.example:3306/interlock?tls=required")
        #expect(read.taskDatabase == "mysql://appender:other@db.example:3306/interlock?tls=required")
        #expect(read.host.id == "h1")
        #expect(read.host.lease == .seconds(20))
        #expect(read.slots == [try #require(LockPath("/slots/app-task")): 3])
        #expect(read.tasks.keys.sorted() == ["app-configure", "backup", "begin"])
        let type = try #require(read.tasks["app-configure"])
        #expect(
            type.command == [
                .literal("/usr/local/bin/configure-app"), .app, .literal("--mode"), .argument("mode"),
                .literal(""),
            ])
        #expect(type.arguments["mode"]?.required == true)
        #expect(type.arguments["mode"]?.pattern == (try ArgumentPattern("[a-z]+")))
        #expect(type.arguments["token"]?.secret == true)
        #expect(type.arguments["token"]?.allowsDash == true)
        #expect(type.arguments["depth"]?.defaultValue == "3")
        #expect(type.locks.map(\.segments) == [[.literal("app"), .app], [.literal("mail"), .argument("mode")]])
        #expect(type.locks.map(\.mode) == [.exclusive, .shared])
        #expect(type.slots.map(\.text) == ["/slots/app-task"])
        #expect(type.user == "app")
        #expect(type.timeout == .seconds(600))
        #expect(type.grace == .milliseconds(250))
        #expect(type.retries?.max == 3)
        #expect(type.retries?.backoff == .seconds(5))
        #expect(type.limits?.memory == ByteSize(bytes: 512 << 20))
        #expect(type.limits?.cpuPercent == 50)
        #expect(type.limits?.pids == 200)
        #expect(type.idempotent)
        #expect(type.database)
        #expect(read.tasks["begin"]?.schedule?.kind == .start)
        #expect(read.tasks["begin"]?.database == false)
        #expect(read.tasks["begin"]?.grace == .seconds(10))
    }

    @Test("knows reactions: what they are about, where they begin, and what they start")
    func reactions() throws {
        let read = try configuration(completeConfiguration)
        let tell = try #require(read.reactions.first)
        #expect(tell.name == "tell")
        #expect(tell.on == .taskFinished)
        #expect(tell.conditions == ["type": "backup", "outcome": "failed"])
        #expect(tell.start == "begin")
        #expect(tell.arguments == ["a": .field("outcome")])
        #expect(tell.from == .head)
    }

    @Test("knows how many messages somebody gets, all of it or a part")
    func limit() throws {
        func limit(_ yaml: String) throws -> DeliveryLimit? { try configuration(yaml).notifications?.limit }
        #expect(try limit(completeConfiguration) == DeliveryLimit(messages: 5, window: 1_800_000_000))
        #expect(try limit("notifications: {}") == .usual)
        #expect(
            try limit("notifications: { limit: { per: 24h } }") == DeliveryLimit(messages: 10, window: 86_400_000_000))
        #expect(
            try limit("notifications: { limit: { messages: 100 } }")
                == DeliveryLimit(messages: 100, window: 3_600_000_000))
    }

    @Test("names with their line what is written down and can have no effect")
    func notices() throws {
        let rules = try configuration("metrics:\n  alerts: [{ name: a, metric: mistyped, above: 1 }]\n").notices
        #expect(
            rules.map { "\($0.line) \($0.message)" } == [
                "2 metrics.alerts: nothing measures 'mistyped', about which the rule 'a' is"
            ])
        // What a collector of one's own will print nobody knows.
        let collectors = "collectors: [{ command: [x] }], alerts: [{ name: a, metric: own, above: 1 }]"
        #expect(try configuration("metrics: { \(collectors) }").notices.isEmpty)
        #expect(try configuration(completeConfiguration).notices.isEmpty)
        #expect(try configuration("tasks: { a: { command: [x] } }").notices.isEmpty)
    }

    @Test("names where apps are: by a path, or by a container whose engine is Docker's where nothing else is said")
    func appPlaces() throws {
        #expect(try configuration(completeConfiguration).metrics?.apps.cgroup == "system.slice/app-{app}.service")
        var places = AppPlaces()
        places.container = "{app}-web"
        #expect(places.socket == "/run/docker.sock")
        #expect(try configuration("metrics: { apps: { container: \"{app}-web\" } }").metrics?.apps == places)
        places.socket = "/run/podman/podman.sock"
        let other = "metrics: { apps: { container: \"{app}-web\", socket: /run/podman/podman.sock } }"
        #expect(try configuration(other).metrics?.apps == places)
    }

    @Test("may be empty", arguments: ["", "\n", "# nothing\n", "{}"])
    func empty(yaml: String) throws {
        #expect(try configuration(yaml) == Configuration())
    }

    @Test("starts relative commands from its own directory, and looks names up in PATH")
    func programs() throws {
        let yaml = """
            tasks:
              a: { command: [./run.sh] }
              b: { command: [apps/run.sh] }
              c: { command: [../run.sh] }
              d: { command: [/bin/run] }
              e: { command: [run] }
            """
        let tasks = try configuration(yaml).tasks
        let programs = tasks.mapValues(\.command)
        #expect(programs["a"] == [.literal("/etc/interlock/run.sh")])
        #expect(programs["b"] == [.literal("/etc/interlock/apps/run.sh")])
        #expect(programs["c"] == [.literal("/etc/interlock/../run.sh")])
        #expect(programs["d"] == [.literal("/bin/run")])
        #expect(programs["e"] == [.literal("run")])
    }

    @Test("reports all its problems at once, in the order of the file")
    func severalProblems() {
        let yaml = """
            host: { lease: soon }
            tasks:
              a: { comand: [x] }
              b: { command: [x], locks: [app] }
            """
        #expect(
            problems(yaml) == [
                "1:16 host.lease must be a duration such as 250ms, 30s, 5m or 2h, not 'soon'",
                "3:3 tasks.a has no command",
                "3:8 tasks.a: unknown key 'comand'; did you mean 'command'?",
                "4:30 an element of tasks.b.locks must be a lock path such as /app/{app}, not 'app'",
            ])
    }

    @Test("is refused when it is too large, no text, or nested without end")
    func hostileFiles() {
        let large = Array(repeating: UInt8(ascii: "#"), count: Configuration.maximumBytes + 1)
        #expect(throws: ConfigurationError.self) { try Configuration(yaml: large, file: "f") }
        #expect(throws: ConfigurationError.self) { try Configuration(yaml: [0x61, 0xFF, 0xFE], file: "f") }
        #expect(!problems(String(repeating: "[", count: 500_000)).isEmpty)
        #expect(!problems(String(repeating: "- ", count: 300_000)).isEmpty)
        #expect(!problems("tasks: \u{1}").isEmpty)
    }

    @Test("knows no aliases, so none can explode")
    func aliases() {
        let laughs = """
            a: &a [x, x, x, x, x, x, x, x, x]
            b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]
            c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]
            d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]
            e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d]
            f: &f [*e, *e, *e, *e, *e, *e, *e, *e, *e]
            g: &g [*f, *f, *f, *f, *f, *f, *f, *f, *f]
            h: &h [*g, *g, *g, *g, *g, *g, *g, *g, *g]
            i: [*h, *h, *h, *h, *h, *h, *h, *h, *h]
            """
        #expect(problems(laughs) == ["1:4 anchors and aliases are not supported: write the value out"])
    }
}
