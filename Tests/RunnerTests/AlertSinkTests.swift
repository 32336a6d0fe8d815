import Collector
import Events
import Projections
import System
import Testing

@testable import Runner

@Suite("Alerts of what comes and goes")
struct AlertSinkTests {
    private let roster = LiveRoster()

    /// One that tells at the first bad sample.
    private func sink() -> AlertSink {
        let sink = AlertSink(roster)
        sink.change(to: [AlertRule("jam", "queue", .above, high: 1, low: 1, hits: 1, window: 1)])
        return sink
    }

    private func fact(_ event: Event) -> Fact { Fact(position: 1, at: Timestamp(microseconds: 0), event: event) }

    private func register(_ app: String) {
        roster.evolve(fact(.appRegistered(AppRegistered(app: app, settings: AppSettings(domain: "a.x.y")))))
    }

    private let readings = Readings(
        at: WallTime(microseconds: 1),
        ["blog", "wiki"].map { Reading(Series(name: "queue", of: .app($0)), 2) } + [Reading(Series(name: "queue"), 2)])

    @Test("a pass that was under way when an app was removed begins nothing about it again")
    func removedMeanwhile() {
        let sink = sink()
        roster.begin(with: Platform())
        for app in ["blog", "wiki"] { register(app) }
        sink.take(readings, every: .seconds(10))
        #expect(sink.open.map(\.key.thing) == ["", "app blog", "app wiki"])
        roster.evolve(fact(.appRemoved(AppRemoved(app: "blog"))))
        sink.endApps()
        sink.take(readings, every: .seconds(10))
        #expect(sink.open.map(\.key.thing) == ["", "app wiki"])
    }

    @Test("of an app that went while nobody followed the log is over when it is known which apps there are")
    func goneBefore() {
        let sink = sink()
        sink.take(readings, every: .seconds(10))
        roster.begin(with: Platform())
        register("wiki")
        sink.endApps()
        #expect(sink.open.map(\.key.thing) == ["", "app wiki"])
    }

    @Test("with a collector of one's own that is gone goes what it told")
    func collector() {
        let sink = sink()
        sink.take(readings, every: .seconds(10))
        #expect(sink.open.count == 3)
        sink.end(collector: "mine", telling: ["queue"])
        #expect(sink.open == [])
    }
}
