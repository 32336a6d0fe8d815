import Foundation
import Seeds
import System
import Testing

@testable import Collector

@Suite("Names for Graphite")
struct GraphiteNamesTests {
    private static let names = GraphiteNames(prefix: "collectd.localhost")
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private func text(_ readings: [Reading]) -> (lines: [String], unnamed: Int) {
        let batch = Self.names.lines(of: Readings(at: WallTime(microseconds: 1_795_842_901_999_999), readings))
        let bytes = batch.lines.flatMap(\.text)
        #expect(batch.lines.reduce(0) { $0 + $1.count } == bytes.count { $0 == 10 })
        return (String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init), batch.unnamed)
    }

    private func gauge(_ metric: Metric, _ label: String = "", _ value: Double) -> Reading {
        Reading(Series(metric, label), value)
    }

    @Test("are collectd's where it has the same, in its units")
    func collectd() {
        let (lines, unnamed) = text([
            Reading(Series(.cpuSeconds, "iowait"), 1000, isCounter: true, rate: 0.25),
            Reading(Series(.cpuSeconds, "user"), 1000, isCounter: true),
            gauge(.loadAverage, "1m", 0.5), gauge(.filesystemAvailable, "/", 7),
            gauge(.filesystemAvailable, "/mnt/data", 8),
            Reading(Series(.diskBusySeconds, "vda"), 1, isCounter: true, rate: 0.5),
            Reading(Series(.networkReceivedBytes, "eth0.100"), 1, isCounter: true, rate: 1.5),
        ])
        #expect(unnamed == 0)
        #expect(
            lines == [
                "collectd.localhost.aggregation-cpu-sum.cpu-wait 25 1795842901",
                "collectd.localhost.load.load.shortterm 0.5 1795842901",
                "collectd.localhost.df-root.df_complex-free 7 1795842901",
                "collectd.localhost.df-mnt-data.df_complex-free 8 1795842901",
                "collectd.localhost.disk-vda.disk_io_time.io_time 500 1795842901",
                "collectd.localhost.interface-eth0_100.if_octets.rx 1.5 1795842901",
            ])
    }

    @Test("tell also what follows of several metrics, where all of them are there")
    func derived() {
        let (lines, _) = text([
            gauge(.swapTotal, "", 100), gauge(.swapFree, "", 60), gauge(.swapCached, "", 1),
            gauge(.filesystemFree, "/", 50), gauge(.filesystemSize, "/", 80), gauge(.filesystemFree, "/b", 50),
            Reading(Series(.diskReadSeconds, "vda"), 9, isCounter: true, rate: 0.5),
            Reading(Series(.diskReads, "vda"), 9, isCounter: true, rate: 100),
            Reading(Series(.diskWriteSeconds, "vda"), 9, isCounter: true, rate: 0),
            Reading(Series(.diskWrites, "vda"), 9, isCounter: true, rate: 0),
        ])
        let told = lines.map {
            $0.split(separator: " ")[0...1].joined(separator: " ").dropFirst("collectd.localhost.".count)
        }
        #expect(told.contains("swap.swap-used 39") && told.contains("df-root.df_complex-used 30"))
        #expect(told.contains("disk-vda.disk_time.read 5") && told.contains("disk-vda.disk_time.write 0"))
        #expect(
            !told.contains {
                $0.hasPrefix("df-b.df_complex-used") || $0.contains("reserved") || $0.contains("memory-used")
            })
    }

    @Test("of an app have its id, as Cloudron's did; what a task is told of has none: it would be a file for ever")
    func apps() {
        let app = Subject.app("5f1c")
        let (lines, unnamed) = text([
            Reading(Series(.memoryAnonymous, of: app), 4096),
            Reading(Series(.cpuSeconds, "user", of: app), 12.5, isCounter: true, rate: 0.5),
            Reading(Series(.pressureWaiting, "io", of: app), 1, isCounter: true, rate: 0.125),
            Reading(Series(.memoryAnonymous, of: .task("t1")), 1),
        ])
        #expect(unnamed == 0)
        let names = lines.map { String($0.dropLast(" 1795842901".count).dropFirst("collectd.localhost.".count)) }
        #expect(
            names == [
                "table-5f1c-memory.gauge-rss 4096", "table-5f1c-interlock.memory_anonymous_bytes 4096",
                "table-5f1c-cpu.gauge-user 1250", "table-5f1c-interlock.cpu_seconds.user 0.5",
                "table-5f1c-interlock.pressure_waiting_seconds.io 0.125",
            ])
    }

    @Test("of two apps are never the same, whatever their ids are", arguments: Setting.seeds(50, soak: 5_000))
    func apart(seed: Int) {
        var random = Random(seed: seed)
        let alphabet = Array("a_.-%2E@:é ".unicodeScalars)
        var ids: Set<String> = ["a.b", "a_b", "a%2Eb", "a"]
        for _ in 0..<40 {
            var id = String.UnicodeScalarView()
            for _ in 0...random.below(4) { id.append(alphabet[random.below(alphabet.count)]) }
            ids.insert(String(id))
        }
        let (lines, unnamed) = text(
            ids.flatMap {
                [Reading(Series(.memoryAnonymous, of: .app($0)), 1), Reading(Series(name: "own", of: .app($0)), 2)]
            })
        #expect(unnamed == 0 && Set(lines).count == 3 * ids.count, "seed \(seed)")
        #expect(lines.contains("collectd.localhost.table-a%2Eb-memory.gauge-rss 1 1795842901"))
        #expect(lines.contains("collectd.localhost.table-a_b-memory.gauge-rss 1 1795842901"))
    }

    @Test("of what collectd has not stand below interlock, of own collectors below own")
    func others() {
        let labels = [Label("server", "a.b/c d"), Label("state", "wärm")]
        let (lines, _) = text([
            gauge(.memoryAvailable, "", 5), gauge(.collectorSuccess, "cpu", 1),
            Reading(Series(name: "nginx_requests_total", labels: labels), 5, isCounter: true, rate: 2),
            Reading(Series(name: "queue", of: .app("x")), 1e300), Reading(Series(name: "memory_available_bytes"), 3),
        ])
        let names = lines.map { String($0.dropLast(" 1795842901".count).dropFirst("collectd.localhost.".count)) }
        #expect(
            names == [
                "interlock.memory_available_bytes 5", "interlock.collector_success.cpu 1",
                "own.nginx_requests_total.server-a_b_c_d.state-w_rm 2", "table-x-own.queue 1e+300",
                "own.memory_available_bytes 3",
            ])
    }

    @Test("that are too long, or another's when what Graphite cannot have is replaced, are left out and counted")
    func unnamed() {
        let long = String(repeating: "x", count: GraphitePart.maximumBytes + 1)
        let (lines, unnamed) = text([
            Reading(Series(name: "a", labels: [Label("l", "x.y")]), 1),
            Reading(Series(name: "a", labels: [Label("l", "x_y")]), 2),
            Reading(Series(name: "b", labels: [Label("l", long)]), 3), Reading(Series(name: "c", of: .app(long)), 4),
        ])
        #expect(lines == ["collectd.localhost.own.a.l-x_y 1 1795842901"] && unnamed == 3)
    }

    @Test("have no line for what is no number")
    func numbers() {
        let (lines, unnamed) = text(
            [.nan, .infinity, -.infinity, -0.5, 3e7].enumerated().map { Reading(Series(name: "a\($0)"), $1) })
        #expect(lines.map { $0.split(separator: " ")[1] } == ["-0.5", "30000000"] && unnamed == 0)
    }

    @Test("are nothing that carbon cannot take, whatever the labels are", arguments: Setting.seeds(200, soak: 20_000))
    func anything(seed: Int) {
        var random = Random(seed: seed)
        let alphabet = Array("aZ09._-/ \t\n\r\u{0}\u{7f};=*?{}[]()'\"\\äö\u{1F600}\u{300}".unicodeScalars)
        func word() -> String {
            var text = String.UnicodeScalarView()
            for _ in 0..<random.below(random.chance(5) ? 400 : 8) {
                text.append(alphabet[random.below(alphabet.count)])
            }
            return String(text)
        }
        let readings = (0..<30).map { _ -> Reading in
            let metric = Metric.allCases[random.below(Metric.allCases.count)]
            let subject = [Subject.host, .app(word()), .app("a")][random.below(3)]
            let series =
                random.chance(50)
                ? Series(metric, word(), of: subject)
                : Series(name: "own", of: subject, labels: (0..<random.below(3)).map { Label("l\($0)", word()) })
            return Reading(
                series, Double(random.below(1000)), isCounter: random.chance(30), rate: random.chance(50) ? 1 : nil)
        }
        var plan: GraphitePlan?
        // Again with other values, then with another series.
        let again = readings.map { reading in
            Reading(reading.series, reading.value + 1, isCounter: reading.isCounter, rate: (reading.rate ?? 0) + 1)
        }
        let other = Array(again.dropLast()) + [Reading(Series(name: "other"), 1)]
        for (number, all) in [readings, again, readings, other, again].enumerated() {
            let batch = Readings(at: WallTime(microseconds: Int64(number) * 1_000_000), all)
            let (kept, fresh) = (Self.names.lines(of: batch, keeping: &plan), Self.names.lines(of: batch))
            #expect(kept.lines == fresh.lines && kept.unnamed == fresh.unnamed, "seed \(seed)")
        }
        let names = text(readings).lines.map { $0.split(separator: " ", omittingEmptySubsequences: false) }
        #expect(names.allSatisfy { $0.count == 3 && Double($0[1]) != nil && $0[2] == "1795842901" }, "seed \(seed)")
        for name in names.map({ $0[0] }) {
            #expect(name.utf8.count <= GraphiteNames.maximumBytes, "seed \(seed)")
            for part in name.split(separator: ".", omittingEmptySubsequences: false) {
                #expect(part.wholeMatch(of: /[A-Za-z0-9_@:%+\-]{1,220}/) != nil, "seed \(seed): \(name)")
            }
        }
        #expect(Set(names.map { $0[0] }).count == names.count, "seed \(seed)")
    }

    @Test(
        "stand below a prefix of their own or the host's name",
        arguments: [
            ("collectd.localhost", true), ("a", true), ("", false), ("a.", false), ("a..b", false), ("a b", false),
            ("ä", false),
        ])
    func prefix(text: String, isOne: Bool) {
        #expect(GraphiteNames.isPrefix(text) == isOne)
        #expect(GraphiteNames.prefix(host: "my.example.com") == "collectd.my_example_com")
    }

    @Test("are those that docs/graphite.md lists, each with what it is made of")
    func documented() throws {
        let page = try String(contentsOf: Self.root.appending(path: "docs/graphite.md"), encoding: .utf8)
        let rows = page.split(separator: "\n").filter { $0.hasPrefix("| `") }.map { row in
            row.split(separator: "|").prefix(2).map { $0.replacing("`", with: "").trimmingCharacters(in: .whitespaces) }
        }
        let listed = Dictionary(rows.map { ($0[0], $0[1]) }) { first, _ in first }
        func words(_ metrics: [Metric], of subject: Subject = .host) -> String {
            metrics.map { $0.name(of: subject) }.joined(separator: ", ")
        }
        var wanted: [String: String] = [:]
        for name in CollectdNames.ofHost { wanted[name.name] = words([name.metric]) }
        for name in CollectdNames.ofApps { wanted[name.name] = words([name.metric], of: .app("")) }
        for name in CollectdNames.derived { wanted[name.name] = words(name.metrics) }
        for (name, made) in wanted { #expect(listed[name] == made, "| `\(name)` | `\(made)` |") }
        #expect(Set(listed.keys).isSubset(of: wanted.keys))
    }
}
