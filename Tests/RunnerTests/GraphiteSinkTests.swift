import Collector
import Logging
import PeerTesting
import System
import Testing

@testable import Runner

@Suite("What is sent to carbon", .timeLimit(.minutes(5)))
struct GraphiteSinkTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func sink(to server: String) throws -> GraphiteSink {
        let server = try #require(ServerAddress(written: server))
        return try GraphiteSink(GraphiteSettings(server: server, prefix: "collectd.localhost"), Self.logger)
    }

    private static func readings(_ value: Double, at second: Int, _ name: String = "x") -> Readings {
        Readings(at: WallTime(microseconds: Int64(second) * 1_000_000), [Reading(Series(name: name), value)])
    }

    private func sample(_ metric: Metric, of sink: GraphiteSink) -> Double? {
        sink.samples.first { $0.series == Series(metric) }?.value
    }

    @Test(
        "is in its files, also what was measured while it was away, or ended with it unwritten",
        .enabled(if: Carbon.isInstalled, "graphite-carbon is not installed: bin/packages"))
    func carbon() async throws {
        let carbon = try Carbon()
        try carbon.start()
        let sink = try sink(to: "\(carbon.address)")
        defer { sink.stop() }
        let name = "collectd.localhost.own.x"
        let begin = Int(WallTime.now.microseconds / 1_000_000) - 100
        var wanted: [Int: Double] = [:]
        func measure(_ seconds: Range<Int>) {
            for second in seconds {
                sink.take(Self.readings(Double(second) / 2, at: begin + second))
                wanted[begin + second] = Double(second) / 2
            }
        }
        measure(0..<5)
        while try carbon.values(of: name) != wanted {}
        carbon.stop()
        // The first of them go into a connection that is none any more.
        measure(5..<10)
        while sample(.graphiteConnected, of: sink) == 1 { await Task.yield() }
        measure(10..<40)
        try carbon.start()
        while try carbon.values(of: name) != wanted {}
        #expect(carbon.names() == [name])
        while sample(.graphiteQueuedLines, of: sink) != 0 { await Task.yield() }
        #expect(sample(.graphiteSentLines, of: sink) == 40 && sample(.graphiteDroppedLines, of: sink) == 0)
        #expect(sample(.graphiteLastSuccess, of: sink) ?? 0 > Double(begin))
    }

    /// What comes on one connection, up to an end or a line that ends with `end`.
    private func text(_ connection: StreamConnection, to end: String) async throws -> String {
        var bytes: [UInt8] = []
        let deadline = MonotonicTime.now.advanced(by: .seconds(200))
        while !String(decoding: bytes.suffix(end.utf8.count), as: UTF8.self).hasSuffix(end) {
            let more = try await connection.read(atMost: 64 << 10, until: deadline)
            if more.isEmpty { break }
            bytes += more
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func listener(_ address: String = "127.0.0.1:0") throws -> StreamListener {
        try StreamListener(at: try #require(ListenAddress(written: address)))
    }

    @Test("goes again from the beginning of a line when a connection is reset in the middle of one")
    func reset() async throws {
        let listener = try listener()
        let sink = try sink(to: "\(listener.address)")
        defer { sink.stop() }
        let lines = (0..<20_000).map { Reading(Series(name: "x\($0)"), Double($0)) }
        sink.take(Readings(at: WallTime(microseconds: 1_000_000), lines))
        let all = lines.map { "collectd.localhost.own.\($0.series.name) \(Int($0.value)) 1\n" }.joined()
        do {
            let connection = try #require(try await listener.accept())
            // With bytes unread it is reset.
            let part = try await connection.read(atMost: 1000, until: .now.advanced(by: .seconds(200)))
            #expect(all.hasPrefix(String(decoding: part, as: UTF8.self)))
        }
        let connection = try #require(try await listener.accept())
        #expect(try await text(connection, to: "x19999 19999 1\n") == all)
    }

    @Test("waits for nobody: of what a carbon that reads nothing does not take, the oldest is dropped and counted")
    func wedged() async throws {
        let listener = try listener()
        let sink = try sink(to: "\(listener.address)")
        defer { sink.stop() }
        let name = String(repeating: "n", count: 180)
        let series = (0..<1000).map { Series(name: "\(name)\($0)") }
        var taken = 0.0
        // A kernel keeps a few MiB, the sink 8.
        for second in 0..<100 {
            sink.take(Readings(at: WallTime(microseconds: Int64(second) * 1_000_000), series.map { Reading($0, 1) }))
            taken += 1000
        }
        while sample(.graphiteConnected, of: sink) != 1 { await Task.yield() }
        let dropped = try #require(sample(.graphiteDroppedLines, of: sink))
        #expect(dropped > 0 && dropped + (sample(.graphiteQueuedLines, of: sink) ?? 0) <= taken)
        sink.take(Self.readings(1, at: 100, "last"))
        let connection = try #require(try await listener.accept())
        let text = try await text(connection, to: "own.last 1 100\n")
        let seconds = text.split(separator: "\n").map { $0.wholeMatch(of: /collectd\.localhost\.own\.\w+ 1 (\d+)/)?.1 }
        #expect(seconds.allSatisfy { $0 != nil })
        #expect(seconds.compactMap { $0.flatMap { Int($0) } }.isAscending)
        #expect(Double(seconds.count) >= taken + 1 - dropped - 1000)
    }

    @Test(
        "reaches a server by its name, and by its IPv6 address",
        arguments: [("127.0.0.1:0", "localhost"), ("[::1]:0", "[::1]")])
    func addresses(listening: String, host: String) async throws {
        // Hosts without IPv6 there are.
        guard let listener = try? listener(listening) else { return }
        let sink = try sink(to: "\(host):\(listener.address.port)")
        defer { sink.stop() }
        sink.take(Self.readings(7, at: 1))
        let connection = try #require(try await listener.accept())
        #expect(try await text(connection, to: "\n") == "collectd.localhost.own.x 7 1\n")
    }

    @Test("goes elsewhere when the configuration says so, and nowhere when it says nothing any more")
    func reloaded() async throws {
        let (first, second) = (try listener(), try listener())
        let sinks = MetricSinks()
        func settings(_ listener: StreamListener) throws -> MetricsSettings {
            var settings = MetricsSettings()
            settings.graphite = GraphiteSettings(
                server: try #require(ServerAddress(written: "\(listener.address)")), prefix: "a")
            return settings
        }
        sinks.configure(try settings(first), Self.logger)
        sinks.take(Self.readings(1, at: 1), every: .seconds(10))
        let connection = try #require(try await first.accept())
        #expect(try await text(connection, to: "\n") == "a.own.x 1 1\n")
        sinks.configure(try settings(second), Self.logger)
        // The first one's end comes by itself.
        #expect(try await text(connection, to: "never") == "")
        sinks.take(Self.readings(2, at: 2), every: .seconds(10))
        let other = try #require(try await second.accept())
        #expect(try await text(other, to: "\n") == "a.own.x 2 2\n")
        sinks.configure(nil, Self.logger)
        #expect(try await text(other, to: "never") == "")
        #expect(sinks.samples == [])
    }
}

extension [Int] {
    fileprivate var isAscending: Bool { zip(self, dropFirst()).allSatisfy { $0 <= $1 } }
}
