import Collector
import EventStore
import Events
import Logging
import MySQL
import Seeds
import ServerTesting
import System
import Testing

@testable import Runner

@Suite("The history", .database)
struct HistorySinkTests {
    static let dawn = 1_795_824_000_000

    private func sink(
        host: String = "h1", at endpoint: Endpoint? = nil, history: Duration = .seconds(30 * 86_400),
        disk: Int = 200 << 20
    ) async throws -> HistorySink {
        let endpoint = try endpoint ?? ScratchDatabase.current
        try Schema.require(try Connection(ScratchDatabase.current), databaseID: "test")
        let sink = try HistorySink(endpoint, host: host, Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        var settings = MetricsSettings()
        settings.history = history
        settings.disk = ByteSize(bytes: disk)
        sink.keep(settings)
        return sink
    }

    private func take(_ sink: HistorySink, at time: Int, _ level: Double = 1, of subjects: [Subject] = [.host]) {
        sink.take(
            Readings(
                at: WallTime(microseconds: Int64(time) * 1000),
                subjects.map { Reading(Series(name: "m", of: $0), level) }))
    }

    private func flush(_ sink: HistorySink, at time: Int, knowing apps: Set<String> = []) async {
        await sink.flush(at: WallTime(microseconds: Int64(time) * 1000)) { apps }
    }

    /// What is stored of a subject, straight from the table.
    private func course(_ sink: HistorySink, _ subject: Subject = .host, resolution: Int? = nil) async throws
        -> [TimedStep]
    {
        let range = resolution.map { $0..<$0 + 1 } ?? 1..<Int(UInt32.max)
        let stored = try await sink.store.blocks(
            of: try #require(subject.stored), resolutions: range, from: 0, to: Self.dawn * 2)
        let blocks = try stored.map { try HistoryBlock($0) }
        return Course.all(of: blocks, in: 0..<Self.dawn * 2)[SeriesName(name: "m", labels: [], isRate: false)] ?? []
    }

    private func figure(_ sink: HistorySink, _ metric: Metric) -> Double? {
        sink.samples.first { $0.series.name == metric.rawValue }?.value
    }

    @Test("is written with each flush, and goes on in the same block after a crash")
    func crash() async throws {
        let first = try await sink()
        for pass in 0..<10 { take(first, at: Self.dawn + pass * 10_000, Double(pass)) }
        await flush(first, at: Self.dawn + 100_000)
        take(first, at: Self.dawn + 100_000, 99)
        // Nothing but what was not written is lost.
        let second = try await sink()
        for pass in 11..<20 { take(second, at: Self.dawn + pass * 10_000, Double(pass)) }
        await flush(second, at: Self.dawn + 200_000)
        let levels = try await course(second).map(\.step.mean.level)
        #expect(levels == (0..<20).filter { $0 != 10 }.map { Double($0) })
        #expect(figure(second, .historyWritten) == 9 && figure(second, .historyWaiting) == 0)
        #expect(figure(second, .historyLastSuccess) == Double(Self.dawn + 200_000) / 1000)
    }

    @Test("is rolled up when its time is over, by whichever process comes next", arguments: 0..<6)
    func rollUp(seed: Int) async throws {
        var random = Random(seed: seed)
        var sink = try await sink()
        var levels: [Int: Double] = [:]
        let hours = 50
        for pass in 0..<hours * 120 {
            let time = Self.dawn + pass * 30_000
            if random.chance(90) {
                levels[time] = Double(pass % 1000)
                take(sink, at: time, Double(pass % 1000))
            }
            guard pass % 20 == 19 else { continue }
            await flush(sink, at: time + 1000)
            if random.chance(3) { sink = try await self.sink() }
        }
        sink.keep(nil)
        #expect(try await sink.store.newest().map(\.resolution) == [10_000, 60_000, 600_000])
        for resolution in [60_000, 600_000] {
            let course = try await course(sink, resolution: resolution)
            #expect(course.count > (resolution == 60_000 ? 47 * 60 : 39 * 6), "\(course.count)")
            for step in course {
                let inside = levels.filter { $0.key >= step.start && $0.key < step.start + resolution }
                #expect(step.step.count == inside.count)
                #expect(step.step.high.level == inside.values.max() && step.step.low.level == inside.values.min())
            }
        }
    }

    @Test("keeps what is fine for hours, what is coarse for long, and nothing for longer than asked")
    func ages() async throws {
        let sink = try await sink(history: .seconds(4 * 86_400))
        for pass in 0..<(10 * 24 * 12) {
            take(sink, at: Self.dawn + pass * 300_000)
            if pass % 12 == 11 { await flush(sink, at: Self.dawn + pass * 300_000 + 1000) }
        }
        let end = Self.dawn + 10 * 86_400_000
        let oldest = try await [10_000, 60_000, 600_000].asyncMap { resolution in
            end - (try await course(sink, resolution: resolution).first?.start ?? 0)
        }
        let hour = 3_600_000
        #expect((6 * hour...8 * hour).contains(oldest[0]))
        #expect((48 * hour...52 * hour).contains(oldest[1]))
        #expect((4 * 24 * hour...5 * 24 * hour).contains(oldest[2]))
    }

    @Test("loses a bounded part of it to a clock that is ahead at one flush")
    func ahead() async throws {
        let sink = try await sink()
        let subjects = (0..<20).map { Subject.app("\($0)") }
        for day in 0..<20 { take(sink, at: Self.dawn + day * 86_400_000, of: subjects) }
        await flush(sink, at: Self.dawn, knowing: [])
        let known = Set(subjects.compactMap(\.app))
        func blocks() async throws -> Int {
            try await subjects.asyncMap { try await course(sink, $0, resolution: 10_000).count }.reduce(0, +)
        }
        let before = try await blocks()
        #expect(before == 400)
        await flush(sink, at: Self.dawn + 400 * 86_400_000, knowing: known)
        #expect(try await blocks() == before - MetricStore.pageRows)
    }

    @Test("with an interval of half an hour is found for as long as its blocks are")
    func longBlocks() async throws {
        let sink = try await sink()
        var settings = MetricsSettings(interval: .seconds(1800))
        settings.disk = ByteSize(bytes: 200 << 20)
        sink.keep(settings)
        let start = BlockKey(.host, 1_800_000, at: Self.dawn).start
        for pass in 0..<119 { take(sink, at: start + pass * 1_800_000) }
        let end = start + 119 * 1_800_000
        await flush(sink, at: end)
        let history = try MetricHistory(ScratchDatabase.current, host: "h1")
        let day = Timestamp(microseconds: Int(end - 86_400_000) * 1000)
        let courses = try await history.courses(of: nil, from: day, to: Timestamp(microseconds: Int(end) * 1000))
        #expect(try #require(courses).summaries.count == 1)
    }

    @Test("of an app that is gone ends after the grace, and no other's")
    func apps() async throws {
        let sink = try await sink()
        let gone: [Subject] = [.app("blog"), .app("blog\n'\""), .app("É")]
        let others: [Subject] = [.app("blog2"), .app("blo"), .app("Blog"), .app("known"), .host]
        take(sink, at: Self.dawn, of: gone + others)
        await flush(sink, at: Self.dawn)
        let day = 86_400_000
        take(sink, at: Self.dawn + 6 * day, of: [others[0], others[1], others[2]])
        await flush(sink, at: Self.dawn + 6 * day, knowing: ["known"])
        for subject in gone { #expect(try await !course(sink, subject).isEmpty) }
        await flush(sink, at: Self.dawn + 8 * day, knowing: ["known"])
        for subject in gone { #expect(try await course(sink, subject).isEmpty) }
        for subject in others { #expect(try await !course(sink, subject).isEmpty) }
    }

    @Test("waits while the database is away, and is written when it is back")
    func away() async throws {
        let endpoint = try ScratchDatabase.current
        let sink = try await sink()
        try await flushOnce(sink)
        let connection = try Connection(endpoint)
        try connection.run("RENAME TABLE metric_block TO hidden")
        for pass in 0..<100 { take(sink, at: Self.dawn + pass * 10_000) }
        await flush(sink, at: Self.dawn + 1_000_000)
        #expect(figure(sink, .historyWaiting) == 100 && figure(sink, .historyDropped) == 0)
        try connection.run("RENAME TABLE hidden TO metric_block")
        await flush(sink, at: Self.dawn + 1_001_000)
        #expect(figure(sink, .historyWaiting) == 0)
        #expect(try await course(sink).count == 101)
    }

    private func flushOnce(_ sink: HistorySink) async throws {
        take(sink, at: Self.dawn - 10_000_000)
        await flush(sink, at: Self.dawn - 10_000_000)
        #expect(figure(sink, .historyWaiting) == 0)
    }

    @Test("passes over a damaged block, counts it, and goes on")
    func damaged() async throws {
        let first = try await sink()
        for pass in 0..<720 { take(first, at: Self.dawn + pass * 10_000) }
        await flush(first, at: Self.dawn + 100_000)
        try Connection(ScratchDatabase.current).run(
            "UPDATE metric_block SET data = 'rubbish' WHERE start = \(Self.dawn + 1_200_000)")
        let second = try await sink()
        await flush(second, at: Self.dawn + 7_300_000)
        #expect(figure(second, .historyDamaged) == 1)
        #expect(try await course(second, resolution: 60_000).count == 100)
        #expect(try await second.store.pending().map(\.resolution) == [60_000])
    }

    @Test("of two hosts in one database are two")
    func hosts() async throws {
        let (first, second) = (try await sink(), try await sink(host: "h2"))
        take(first, at: Self.dawn, 1)
        take(second, at: Self.dawn, 2)
        await flush(first, at: Self.dawn)
        await flush(second, at: Self.dawn)
        #expect(try await course(first).map(\.step.mean.level) == [1])
        #expect(try await course(second).map(\.step.mean.level) == [2])
    }

    @Test("is not kept where no metrics are configured")
    func off() async throws {
        let sink = try await sink()
        sink.keep(nil)
        take(sink, at: Self.dawn)
        await flush(sink, at: Self.dawn)
        #expect(sink.samples.isEmpty)
        #expect(try await course(sink).isEmpty)
    }
}

extension Array where Element: Sendable {
    fileprivate func asyncMap<Result>(_ body: (Element) async throws -> Result) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await body(element)) }
        return results
    }
}
