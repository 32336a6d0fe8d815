import Seeds
import System
import Testing

@testable import Collector

@Suite("An alert")
struct AlertTests {
    private static let rule = AlertRule(
        "queue", "queue_length", .above, high: 10, critical: 100, low: 5, hits: 3, window: 5, calm: 2,
        missing: .seconds(60))

    /// Passes of ten seconds each.
    private struct Scene {
        var alerts: Alerts
        var second: UInt64 = 0
        var every = Duration.seconds(10)

        init(_ rules: [AlertRule] = [AlertTests.rule]) { alerts = Alerts(rules) }

        var now: MonotonicTime { MonotonicTime(nanoseconds: second * 1_000_000_000) }

        mutating func take(_ readings: [Reading]) -> [Alerts.Verdict] {
            second += 10
            let readings = Readings(at: WallTime(microseconds: Int64(second) * 1_000_000), readings)
            return alerts.take(readings, every: every, at: now)
        }

        /// What changed with each value of the metric; nil is a pass without it.
        mutating func told(_ values: [Double?]) -> [String] {
            values.map { value in
                let readings = value.map { [Reading(Series(name: "queue_length"), $0)] } ?? []
                return take(readings).map(\.words).joined(separator: ", ")
            }
        }
    }

    @Test("are missing only when three of them did not come, however rarely they are measured; until then they fail")
    func seldom() {
        let rule = AlertRule("failed", "up", .below, high: 1, low: 1, hits: 5, window: 5)
        var alerts = Alerts([rule])
        let hours = { (hour: UInt64) in MonotonicTime(nanoseconds: hour * 3_600_000_000_000) }
        let down = Readings(at: .now, [Reading(Series(name: "up"), 0)])
        for hour in 0..<30 {
            let readings = hour.isMultiple(of: 6) ? down : Readings(at: .now, [])
            let verdicts = alerts.take(readings, every: .seconds(6 * 3600), at: hours(UInt64(hour)))
            #expect(verdicts.map(\.raised) == (hour == 24 ? [.warning] : []) && !verdicts.contains(where: \.isMissing))
        }
        let none = Readings(at: .now, [])
        #expect(alerts.take(none, every: .zero, at: hours(24 + 17)) == [])
        #expect(alerts.take(none, every: .zero, at: hours(24 + 18)).map(\.isMissing) == [true])
        #expect(alerts.take(none, every: .zero, at: hours(24 + 41)) == [] && alerts.open.count == 1)
        #expect(alerts.take(none, every: .zero, at: hours(24 + 42)).map(\.raised) == [nil] && alerts.open.isEmpty)
    }

    @Test("is raised when so many of the last samples are bad, and over when so many are good one after the other")
    func hysteresis() {
        var scene = Scene()
        #expect(scene.told([11, 1, 11, 1, 1]) == ["", "", "", "", ""])
        #expect(scene.told([1, 11, 11, 1, 11]) == ["", "", "", "", "warning"])
        // Between the marks nothing changes; a bad sample begins the calm anew.
        #expect(scene.told([7, 6, 7, 6, 7, 6, 5, 11, 5, 4]) == ["", "", "", "", "", "", "", "", "", "over"])
        // At the mark itself it is not bad.
        #expect(scene.told([10, 10, 10, 10, 10]) == ["", "", "", "", ""])
    }

    @Test("gets worse at once where a sample is critical, and better only when it is over")
    func levels() {
        var scene = Scene()
        #expect(scene.told([11, 11, 11, 101, 50, 11, 5, 5]) == ["", "", "warning", "critical", "", "", "", "over"])
    }

    @Test("whose samples are missing is neither over nor told again; what comes back is counted anew")
    func missing() {
        var scene = Scene()
        #expect(scene.told([11, 11, 11]).last == "warning")
        #expect(scene.told([nil, nil, nil, nil, nil, nil, nil]) == ["", "", "", "", "", "warning missing", ""])
        #expect(scene.told([11, 5, 5]) == ["warning", "", "over"])
        #expect(scene.told([1, 1, 1, 11, 11, nil, nil, nil, nil, nil, nil, 11]).suffix(2) == ["missing", "over"])
        // Two before and one after are not three of five.
        #expect(scene.told([11, 11]) == ["", "warning"])
    }

    @Test("of what is measured rarely is not missing in between, and counts its samples")
    func rare() {
        var scene = Scene()
        scene.every = .seconds(610)
        var told: [String] = []
        for _ in 0..<4 {
            told += scene.told([11])
            for _ in 0..<5 {
                scene.second += 110
                #expect(scene.take([]).isEmpty)
            }
        }
        #expect(told == ["", "", "warning", ""])
        for _ in 0..<20 { scene.second += 110 }
        #expect(scene.take([]).map(\.words) == ["warning missing"])
    }

    @Test("of what is measured once in a thousand years is missing after three years, and ends nothing")
    func millennial() {
        var scene = Scene()
        scene.every = .seconds(1000 * 366 * 86_400)
        _ = scene.told([11])
        scene.second += 3 * 366 * 86_400 - 20
        #expect(scene.take([]).isEmpty)
        #expect(scene.take([]).map(\.words) == ["missing"])
    }

    @Test("about something with a name without end is about a part of it, and never about another's")
    func longNames() {
        var scene = Scene([AlertRule("x", "m", .above, high: 1, low: 1, hits: 1, window: 1)])
        let long = String(repeating: "é", count: 10_000)
        let readings = ["\(long)a", "\(long)b", "a\u{1}b"].map {
            Reading(Series(name: "m", labels: [Label("l", $0)]), 2)
        }
        let things = scene.take(readings).map(\.key.thing)
        #expect(Set(things).count == 3 && things.contains("a b") && things.allSatisfy { $0.utf8.count <= 120 })
    }

    @Test("of what has been missing for a day is over: it is not there any more")
    func forgotten() {
        var scene = Scene()
        _ = scene.told([11, 11, 11])
        #expect(scene.take([]).isEmpty)
        scene.second += 100
        #expect(scene.take([]).map(\.words) == ["warning missing"])
        scene.second += 86_400
        #expect(scene.take([]).map(\.words) == ["over"])
        #expect(scene.take([]).isEmpty)
    }

    @Test("is told as missing for a day also where its rule waits for days")
    func patient() {
        var rule = Self.rule
        rule.missing = .seconds(3 * 86_400)
        var scene = Scene([rule])
        _ = scene.told([11, 11, 11])
        scene.second += 3 * 86_400 - 20
        #expect(scene.take([]).isEmpty)
        #expect(scene.take([]).map(\.words) == ["warning missing"])
        scene.second += 86_400 - 20
        #expect(scene.take([]).isEmpty)
        #expect(scene.take([]).map(\.words) == ["over"])
    }

    @Test("that was told before a restart goes on beside what was measured since, before that was known")
    func restoredLate() {
        var scene = Scene()
        scene.every = .seconds(3600)
        let key = Alerts.Key(rule: "queue", thing: "")
        _ = scene.told([11])
        #expect(
            scene.alerts.restore(key, raised: .warning, missing: .seconds(5), at: scene.now).map(\.words) == ["warning"]
        )
        #expect(scene.alerts.restore(key, raised: .warning, missing: nil, at: scene.now).isEmpty)
        // What is known of how often it is measured holds.
        scene.second += 3 * 3600 - 20
        #expect(scene.take([]).isEmpty)
        #expect(scene.take([]).map(\.words) == ["warning missing"])
        // It has been over for long, or gets better with the next one.
        scene = Scene()
        _ = scene.told([5, 5])
        #expect(scene.alerts.restore(key, raised: nil, missing: .seconds(5), at: scene.now).map(\.words) == ["over"])
        #expect(scene.alerts.restore(key, raised: .critical, missing: nil, at: scene.now).isEmpty)
        #expect(scene.told([5]) == ["over"])
    }

    @Test("that was missing before a restart is over a day after it was told so, not a day after the restart")
    func forgottenAcrossRestarts() {
        var scene = Scene()
        let (key, other) = (Alerts.Key(rule: "queue", thing: "a"), Alerts.Key(rule: "queue", thing: "b"))
        _ = scene.alerts.restore(key, raised: .warning, missing: .seconds(86_400 - 25), at: scene.now)
        _ = scene.alerts.restore(other, raised: nil, missing: .seconds(1_000_000), at: scene.now)
        #expect(scene.take([]).map { "\($0.key.thing) \($0.words)" } == ["b over"])
        #expect(scene.take([]).isEmpty)
        #expect(scene.take([]).map { "\($0.key.thing) \($0.words)" } == ["a over"])
        // What comes again is there again.
        _ = scene.alerts.restore(key, raised: .warning, missing: .seconds(86_400 - 25), at: scene.now)
        #expect(
            scene.take([Reading(Series(name: "queue_length", labels: [Label("q", "a")]), 7)]).map(\.words) == [
                "warning"
            ])
        scene.second += 4000
        #expect(scene.take([]).map(\.words) == ["warning missing"])
    }

    @Test("about a collector that is gone, or what that told, is over, and no other")
    func collectorGone() {
        func rule(_ name: String, _ metric: String, share: String? = nil) -> AlertRule {
            AlertRule(name, metric, share: share, .below, high: 1, low: 1, hits: 1, window: 1)
        }
        let failed = Metric.collectorSuccess.rawValue
        var scene = Scene([
            rule("failed", failed), rule("own", "mine"), rule("part", "other", share: "mine"),
            rule("others", "another"),
            rule("mount", Metric.filesystemFree.rawValue),
        ])
        let told = scene.take([
            Reading(Series(.collectorSuccess, "mine"), 0), Reading(Series(.collectorSuccess, "mine2"), 0),
            Reading(Series(name: "mine", of: .app("blog")), 0.5), Reading(Series(name: "mine"), 0.5),
            Reading(Series(name: "other"), 0.1), Reading(Series(name: "another"), 0),
            Reading(Series(.filesystemFree, "mine"), 0),
        ])
        #expect(told.count == 7)
        #expect(scene.alerts.end(collector: "nobody", telling: []) == [])
        let over = scene.alerts.end(collector: "mine", telling: ["mine"])
        #expect(over.map { "\($0.key.rule)|\($0.key.thing)" } == ["failed|mine", "own|", "own|app blog", "part|"])
        #expect(over.allSatisfy { $0.raised == nil && !$0.isMissing } && scene.alerts.open.count == 3)
    }

    @Test("looks at a share where the rule says so, of what has the same labels; of nothing there is no share")
    func shares() {
        var scene = Scene([AlertRule("full", "free", share: "size", .below, high: 0.1, low: 0.2, hits: 1, window: 1)])
        func mount(_ name: String, _ mount: String, _ value: Double) -> Reading {
            Reading(Series(name: name, labels: [Label("mount", mount)]), value)
        }
        let changed = scene.take([
            mount("free", "/a", 5), mount("size", "/a", 100), mount("free", "/b", 50), mount("size", "/b", 100),
            mount("free", "/c", 0), mount("size", "/c", 0), mount("free", "/d", 0),
        ])
        #expect(changed.map(\.key) == [Alerts.Key(rule: "full", thing: "/a")] && changed.first?.value == 0.05)
    }

    @Test("is about what has the rule's labels, where it names some")
    func labels() {
        var rule = AlertRule("x", "waiting", labels: [Label("resource", "memory")], .above, high: 1, low: 1)
        (rule.hits, rule.window) = (1, 1)
        var scene = Scene([rule])
        func reading(_ resource: String) -> Reading {
            Reading(Series(name: "waiting", labels: [Label("host", "a"), Label("resource", resource)]), 2)
        }
        #expect(scene.take([reading("cpu"), reading("memory")]).map(\.key.thing) == ["host=a resource=memory"])
    }

    @Test("of a counter is about its rate; where there is none, as at first, nothing is taken")
    func rates() {
        var scene = Scene([AlertRule("x", "reads_total", .above, high: 10, low: 10, hits: 1, window: 1, calm: 1)])
        let series = Series(name: "reads_total", of: .app("blog"))
        #expect(scene.take([Reading(series, 1e9, isCounter: true)]).isEmpty)
        let changed = scene.take([Reading(series, 1e9, isCounter: true, rate: 11)])
        #expect(changed.map(\.words) == ["warning"] && changed.first?.app == "blog")
        #expect(changed.first?.key.thing == "app blog")
        #expect(scene.alerts.end { $0 == "blo" }.isEmpty)
        #expect(scene.alerts.end { $0 == "blog" }.map(\.words) == ["over"])
    }

    @Test("goes on after a restart as it stood, and is over when its rule is gone or another one")
    func restart() {
        var scene = Scene()
        let key = Alerts.Key(rule: "queue", thing: "")
        _ = scene.alerts.restore(key, raised: .warning, missing: nil, at: scene.now)
        #expect(scene.told([11, 11, 11, 5, 5]) == ["", "", "", "", "over"])
        _ = scene.told([11, 11, 11])
        var changed = Self.rule
        #expect(scene.alerts.change(to: [changed]).isEmpty)
        changed.high = 20
        #expect(scene.alerts.change(to: [changed]).map(\.words) == ["over"])
        #expect(scene.alerts.change(to: []).isEmpty)
    }

    @Test(
        "has built-in rules that can be broken and mended, each of a metric that there is", arguments: AlertRule.builtIn
    )
    func builtIn(rule: AlertRule) {
        let names = Set(Metric.allCases.map(\.rawValue))
        #expect(names.contains(rule.metric) && rule.share.map { names.contains($0) } ?? true)
        #expect(rule.hits <= rule.window && rule.window <= AlertStanding.maximumWindow)
        #expect(!rule.isBad(rule.low) && rule.critical.map { rule.isBad($0) } ?? true)
    }

    /// The same in plain words: all samples of a thing since it was last missing, in a list.
    private struct Model {
        var samples: [Double] = []
        var raised: AlertLevel?
        var passes = 0
        /// Passes from one sample to the next, as whoever measures says.
        let gap: Int
        var isMissing = false

        init(gap: Int) { self.gap = gap }

        mutating func take(_ value: Double?, _ rule: AlertRule) {
            passes += 1
            guard let value else {
                if !samples.isEmpty, passes >= max(6, 3 * gap) { (samples, isMissing) = ([], true) }
                return
            }
            (passes, isMissing) = (0, false)
            samples.append(value)
            let bad = samples.suffix(rule.window).count { $0 > rule.high }
            if value > rule.high, bad >= rule.hits {
                let isCritical = value > rule.critical ?? .infinity
                if raised != .critical { raised = isCritical ? .critical : .warning }
            } else if samples.count >= rule.calm, samples.suffix(rule.calm).allSatisfy({ $0 <= rule.low }) {
                raised = nil
            }
        }
    }

    @Test("does what a list of all samples says", arguments: Setting.seeds(300, soak: 30_000))
    func model(seed: Int) {
        var random = Random(seed: seed)
        var scene = Scene()
        let gap = [1, 3, 5][random.below(3)]
        scene.every = .seconds(10 * gap)
        var model = Model(gap: gap)
        var told: (AlertLevel?, Bool) = (nil, false)
        for step in 0..<200 {
            let isAway = random.chance(step % 50 < 10 ? 90 : 10)
            let value: Double? = isAway ? nil : [1, 5, 7, 10, 11, 50, 101][random.below(7)]
            model.take(value, Self.rule)
            let changed = scene.take(value.map { [Reading(Series(name: "queue_length"), $0)] } ?? [])
            for verdict in changed { told = (verdict.raised, verdict.isMissing) }
            #expect(told.0 == model.raised && told.1 == model.isMissing, "seed \(seed), step \(step)")
        }
    }
}

extension Alerts.Verdict {
    fileprivate var words: String {
        let words = [raised.map { "\($0)" }, isMissing ? "missing" : nil].compactMap { $0 }.joined(separator: " ")
        return words.isEmpty ? "over" : words
    }
}
