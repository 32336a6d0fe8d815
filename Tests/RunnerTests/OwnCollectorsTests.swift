import Events
import Foundation
import Logging
import PeerTesting
import Projections
import Synchronization
import System
import Testing

@testable import Collector
@testable import Runner

@Suite("Collectors of somebody's own", .timeLimit(.minutes(5)))
struct OwnCollectorsTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// A run a day, so that a test sees the first one only.
    private func settings(
        _ script: String, name: String = "mine", interval: Duration = .seconds(86_400),
        deadline: Duration = .seconds(200)
    ) -> OwnCollectorSettings {
        OwnCollectorSettings(
            name: name, command: ["/bin/sh", "-c", script], interval: interval, deadline: deadline, user: nil)
    }

    private func problem(_ settings: OwnCollectorSettings) async -> String? {
        do {
            _ = try await CollectorRun(settings: settings).text()
            return nil
        } catch {
            return error.words
        }
    }

    @Test("say what they print, and get an environment without anything of the service's")
    func run() async throws {
        let script =
            #"env | grep -v -e ^PATH= -e ^LANG= -e ^PWD= -e ^SHLVL= -e ^_= >&2; echo "a{n=\"$(nice)\"} $(env | grep -c INTERLOCK)""#
        let text = try await CollectorRun(settings: settings(script)).text()
        let line = try #require(text.families.first?.lines.first)
        #expect(line.name == "a" && line.value == 0)
        let niceness = try #require(line.labels.first.flatMap { Int($0.value) })
        #expect(niceness >= 10)
    }

    @Test("that fail are told with their last words")
    func failures() async {
        #expect(await problem(settings("echo first >&2; echo last >&2; exit 3")) == "exit 3: last")
        #expect(await problem(settings("echo a 1; echo b")) == "line 2 of its output: a blank belongs behind 'b'")
        #expect(await problem(settings("kill -9 $$"))?.contains("KILL") == true)
        var missing = settings("")
        missing.command = ["/nowhere/x"]
        #expect(await problem(missing) == "cannot execute /nowhere/x: No such file or directory")
        var stranger = settings("echo a 1")
        stranger.user = "no-such-user"
        #expect(await problem(stranger) == "there is no user no-such-user")
    }

    @Test("that print without end, or hang, are killed with all they started")
    func bounded() async throws {
        #expect(await problem(settings("yes")) == "it printed more than 1048576 bytes and was killed")
        let late = settings("echo a 1; sleep 1000 & echo w >&2; wait", deadline: .milliseconds(300))
        #expect(await problem(late) == "it took longer than 0.3 s and was killed: w")
    }

    @Test("are each told as long as they print; of a run that fails nothing is told but that it failed")
    func told() async throws {
        let directory = try Scratch()
        try directory.write("mails_total 5\nqueue{app=\"blog\"} 2\n", to: "out")
        let sunk = Mutex<[Readings]>([])
        let own = OwnCollectors { readings, _ in sunk.withLock { $0.append(readings) } }
        // It fails where there is nothing to print.
        let mine = settings("cat '\(directory.file("out"))'", interval: .milliseconds(20), deadline: .seconds(20))
        own.configure([mine], Self.logger)
        func value(_ series: Series) -> Double? { own.readings.first { $0.series == series }?.value }
        while value(Series(name: "queue", of: .app("blog"))) != 2 { await Task.yield() }
        #expect(value(Series(.collectorSuccess, "mine")) == 1 && own.families.map(\.name) == ["mails_total", "queue"])
        try FileManager.default.removeItem(atPath: directory.file("out"))
        while value(Series(.collectorSuccess, "mine")) != 0 { await Task.yield() }
        #expect(value(Series(name: "queue", of: .app("blog"))) == nil && own.families == [])
        try directory.write("# TYPE mails_total counter\nmails_total 9\n", to: "out")
        while value(Series(name: "mails_total")) != 9 { await Task.yield() }
        while !sunk.withLock({ $0.contains { $0.all.contains { $0.series.name == "mails_total" && $0.rate == 0 } } }) {
            await Task.yield()
        }
        #expect(value(Series(.collectorErrors, "mine")) ?? 0 >= 1)
        own.configure([], Self.logger)
        #expect(own.readings == [] && own.families == [])
    }

    @Test("that hang cost the others nothing, and are never run twice at once")
    func wedged() async throws {
        let directory = try Scratch()
        let begun = directory.file("begun")
        let wedged = settings(
            "echo x >> '\(begun)'; sleep 1000", name: "wedged", interval: .seconds(1), deadline: .seconds(1000))
        let own = OwnCollectors { _, _ in }
        own.configure([wedged, settings("echo a 1", name: "well", interval: .milliseconds(10))], Self.logger)
        while !FileManager.default.fileExists(atPath: begun) { await Task.yield() }
        while own.families.map(\.name) != ["a"] { await Task.yield() }
        #expect(try String(contentsOfFile: begun, encoding: .utf8) == "x\n")
        own.configure([], Self.logger)
    }

    @Test("tell nothing of an app that is not registered any more, neither on the page nor to the sinks")
    func apps() async throws {
        let roster = LiveRoster()
        let sunk = Mutex<[Readings]>([])
        let own = OwnCollectors(roster) { readings, _ in sunk.withLock { $0.append(roster.known(readings)) } }
        let script =
            #"echo 'queue{app="blog"} 2'; echo 'queue{app="wiki"} 3'; echo 'only{app="blog"} 4'; echo 'load 1'"#
        own.configure([settings(script)], Self.logger)
        // Before the log is followed nobody knows which there are.
        while own.families.count != 3 { await Task.yield() }
        roster.begin(with: Platform())
        func told() -> [String] {
            own.readings.map { "\($0.series.name) \($0.series.subject.app ?? "")" }.filter {
                !$0.hasPrefix("interlock")
            }
        }
        #expect(told() == ["load "] && own.families.map(\.name) == ["load"])
        for app in ["blog", "wiki"] {
            roster.evolve(Self.fact(.appRegistered(AppRegistered(app: app, settings: AppSettings(domain: "a.x.y")))))
        }
        #expect(told() == ["queue blog", "queue wiki", "only blog", "load "] && own.families.count == 3)
        roster.evolve(Self.fact(.appRemoved(AppRemoved(app: "blog"))))
        #expect(told() == ["queue wiki", "load "] && own.families.map(\.name) == ["queue", "load"])
        #expect(own.families.flatMap(\.lines).map(\.value) == [3, 1])
        own.configure([], Self.logger)
    }

    private static func fact(_ event: Event) -> Fact {
        Fact(position: 1, at: Timestamp(microseconds: 0), event: event)
    }

    @Test(
        "that are configured no more are told of as ended, with what they told; no others, and not by the service's end"
    )
    func ended() async throws {
        let ended = Mutex<[String]>([])
        let own = OwnCollectors(
            ended: { name, metrics in ended.withLock { $0.append("\(name): \(metrics.sorted())") } }, sink: { _, _ in })
        let (first, second) = (settings("echo a 1; echo b 2", name: "first"), settings("echo c 1", name: "second"))
        own.configure([first, second], Self.logger)
        while own.families.count != 3 { await Task.yield() }
        own.configure([second], Self.logger)
        #expect(ended.withLock { $0 } == ["first: [\"a\", \"b\"]"])
        // The same one, run otherwise.
        own.configure([settings("echo d 1", name: "second")], Self.logger)
        own.end()
        #expect(ended.withLock { $0.count } == 1)
    }

    @Test(
        "leave nothing running: not what a run has left behind, nor one that a service that is gone has left",
        .enabled(if: Cgroup.make(name: "interlock-own-tests").map { $0.remove() } ?? false))
    func leftBehind() async throws {
        let directory = try Scratch()
        let prefix = "interlock-own-test-\(UUID().uuidString.prefix(8))-"
        let groups = RunGroups(prefix: prefix)
        let own = OwnCollectors(LiveRoster(), groups) { _, _ in }
        let script = "setsid sleep 1000 > /dev/null 2>&1 & echo $! >> '\(directory.file("pids"))'; echo a 1"
        let first = settings(script, name: "first", interval: .milliseconds(20))
        own.configure([first], Self.logger)
        func lines() -> [Int32] { directory.text("pids").split(separator: "\n").compactMap { Int32($0) } }
        while lines().count < 3 { await Task.yield() }
        for pid in lines().prefix(2) { while Self.sleeps(pid) { await Task.yield() } }
        own.end()
        for pid in lines() { while Self.sleeps(pid) { await Task.yield() } }
        // Of one that was killed: nobody ends it, and by now it has another name.
        let left = try #require(try groups.enter("gone"))
        var launch = Launch(["/bin/sleep", "1000"])
        launch.cgroup = left
        let child = try DetachedProcess.start(launch)
        OwnCollectors(LiveRoster(), groups) { _, _ in }.clear()
        _ = await child.wait()
        #expect(Cgroup.existing(name: prefix + "gone") == nil)
    }

    @Test(
        "that are run otherwise from now on are not ended with the run before",
        .enabled(if: Cgroup.make(name: "interlock-own-tests").map { $0.remove() } ?? false))
    func runOtherwise() async throws {
        let directory = try Scratch()
        let groups = RunGroups(prefix: "interlock-own-test-\(UUID().uuidString.prefix(8))-")
        let own = OwnCollectors(LiveRoster(), groups) { _, _ in }
        for number in 0..<5 {
            let begun = directory.file("\(number)")
            own.configure([settings("touch '\(begun)'; exec sleep 1000")], Self.logger)
            while !FileManager.default.fileExists(atPath: begun) { await Task.yield() }
            // A host that is busy may let it begin at a later run; what has begun comes to its end.
            let runs = directory.file("\(number)-runs")
            let next = "echo begun >> '\(runs)'; sleep 0.3; echo ended >> '\(runs)'; echo run_\(number) 1"
            own.configure([settings(next, interval: .milliseconds(400))], Self.logger)
            while own.families.map(\.name) != ["run_\(number)"] { await Task.yield() }
            #expect(directory.text("\(number)-runs").hasPrefix("begun\nended\n"))
        }
        own.end()
    }

    /// Whether that is a sleep still; its number may be another's by now.
    private static func sleeps(_ pid: Int32) -> Bool {
        let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
        return text?.contains("(sleep) ") == true && text?.contains("(sleep) Z") == false
    }

    @Test("of which two tell the same: the one that is named first does")
    func twice() async throws {
        let own = OwnCollectors { _, _ in }
        func success(_ name: String) -> Double? {
            own.readings.first { $0.series == Series(.collectorSuccess, name) }?.value
        }
        own.configure(
            [
                settings("echo a 1", name: "first", interval: .milliseconds(20)),
                settings("echo a 2", name: "second", interval: .milliseconds(20)),
            ], Self.logger)
        while success("second") != 0 || success("first") != 1 { await Task.yield() }
        #expect(own.families.map(\.lines) == [[.init(name: "a", labels: [], value: 1)]])
        own.configure([], Self.logger)
    }

    @Test("can be the example for nginx", .enabled(if: Nginx.isInstalled, "nginx is not installed: bin/packages"))
    func nginx() async throws {
        let nginx = try Nginx()
        var example = settings("")
        example.command = [
            PlatformTable.root.appending(path: "examples/collectors/nginx-status").path,
            "http://\(nginx.address)/status",
        ]
        var text: PrometheusText?
        // Until it listens.
        while text == nil { text = try? await CollectorRun(settings: example).text() }
        #expect(
            text?.families.map(\.name) == [
                "nginx_connections", "nginx_connections_accepted_total", "nginx_connections_handled_total",
                "nginx_requests_total",
            ])
        #expect(text?.families.last?.lines.first?.value ?? 0 >= 1)
        nginx.end()
        let problem = await problem(example)
        #expect(problem?.contains("exit 1: http://\(nginx.address)/status: ") == true)
    }

    @Test(
        "are on the page as promtool wants it, whatever they print",
        .enabled(
            if: FileManager.default.isExecutableFile(atPath: "/usr/bin/promtool"), "there is no promtool: bin/packages")
    )
    func page() throws {
        let printed = #"""
            # HELP queue_length A \\ and\na newline.
            # TYPE queue_length gauge
            queue_length{queue="in \"x\"\\\n",app="blog",z="é̈ "} 3
            # HELP took_seconds T.
            # TYPE took_seconds histogram
            took_seconds_bucket{le="0.5"} 2
            took_seconds_bucket{le="+Inf"} 3
            took_seconds_sum 4.5
            took_seconds_count 3
            plain NaN
            other -Inf
            quoted{a="\"́"} 1

            """#
        var page = Exposition()
        page.add(try PrometheusText(Array(printed.utf8)).families)
        let again = try PrometheusText(Array(page.text.utf8))
        #expect("\(again.families.map(\.lines))" == "\(try PrometheusText(Array(printed.utf8)).families.map(\.lines))")
        #expect(try promtool(page.text) == "")
    }

    private func promtool(_ page: String) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/promtool")
        process.arguments = ["check", "metrics"]
        let (input, output) = (Pipe(), Pipe())
        (process.standardInput, process.standardOutput, process.standardError) = (input, output, output)
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(page.utf8))
        try input.fileHandleForWriting.close()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return text
    }
}

/// A directory of a test's own, removed with the value.
private final class Scratch {
    private let path = FileManager.default.temporaryDirectory.appending(path: "interlock-own-\(UUID().uuidString)").path

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false) }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    func text(_ name: String) -> String { (try? String(contentsOfFile: file(name), encoding: .utf8)) ?? "" }

    /// At once and whole.
    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: file(name)), options: .atomic)
    }
}
