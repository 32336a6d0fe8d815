import Seeds
import System
import Testing

@testable import Collector

/// Directories that come and go on mounts that hang and come back, in time that costs none.
@Suite("Directories whose turn comes")
struct WalkPlanSimulation {
    private static let mounts = ["/", "/m1", "/m2", "/m3"].map { MountPoint($0) }

    private struct Play {
        let seed: Int
        var random: Random
        var plan = WalkPlan()
        var now = MonotonicTime(nanoseconds: 1_000_000_000)
        var wanted: [MeasuredDirectory] = []
        var absent: Set<MeasuredDirectory> = []
        var deaf: Set<MountPoint> = []
        /// When a mount that hung was asked last.
        var asked: [MountPoint: MonotonicTime] = [:]
        /// What is left of a walk that was begun.
        var begun: [MeasuredDirectory: Int] = [:]
        var told: [MeasuredDirectory: MonotonicTime] = [:]

        init(seed: Int) {
            (self.seed, random) = (seed, Random(seed: seed))
            plan.see(WalkPlanSimulation.mounts)
        }

        func complain(_ words: String) { Issue.record("seed \(seed): \(words)") }

        /// Those of before stay in their order.
        mutating func changeWanted() {
            wanted = (0..<12).filter { _ in random.chance(60) }.map { number in
                let mount = WalkPlanSimulation.mounts[number % WalkPlanSimulation.mounts.count]
                let path = mount.path == "/" ? "/d\(number)" : "\(mount.path)/d\(number)"
                return MeasuredDirectory(number % 2 == 0 ? .host : .app("\(number)"), "x", at: path)
            }
            begun = begun.filter { wanted.contains($0.key) }
            told = told.filter { wanted.contains($0.key) }
            let used = Set(wanted.map(place))
            asked = asked.filter { used.contains($0.key) }
            plan.want(wanted, at: now)
        }

        mutating func disturb() {
            if random.chance(2) { changeWanted() }
            let mount = WalkPlanSimulation.mounts[random.below(WalkPlanSimulation.mounts.count)]
            if random.chance(2) { deaf.formSymmetricDifference([mount]) }
            if random.chance(2), let one = wanted.randomElement(using: &random) {
                absent.formSymmetricDifference([one])
            }
        }

        mutating func turn() {
            guard let (directory, mount) = plan.next(at: now) else {
                now = now.advanced(by: .seconds(5))
                return
            }
            guard wanted.contains(directory) else { return complain("it is not wanted") }
            if let since = told[directory], since.advanced(by: plan.period) > now { complain("it is walked too often") }
            if deaf.contains(mount) {
                if let before = asked[mount], before.advanced(by: plan.pause) > now {
                    complain("\(mount.path) is asked again")
                }
                asked[mount] = now
                plan.took(.hanging, directory, on: mount, at: now)
                now = now.advanced(by: .seconds(2))
                return
            }
            asked[mount] = nil
            // One that hangs stays begun, and another mount has its turn.
            if begun[directory] == nil, begun.keys.contains(where: { place($0) == mount }) {
                complain("two at once on \(mount.path)")
            }
            walk(directory, mount)
        }

        func place(_ directory: MeasuredDirectory) -> MountPoint {
            Mounts.holding(directory.path, among: WalkPlanSimulation.mounts)
        }

        mutating func walk(_ directory: MeasuredDirectory, _ mount: MountPoint) {
            if begun[directory] == nil, absent.contains(directory) {
                plan.took(.absent, directory, on: mount, at: now)
                told[directory] = nil
                return
            }
            let left = (begun[directory] ?? 1 + random.below(30)) - 1
            now = now.advanced(by: .milliseconds(400))
            begun[directory] = left > 0 ? left : nil
            guard left == 0 else { return plan.took(.more, directory, on: mount, at: now) }
            let result = OpenWalk.Result(usage: TreeUsage(), problem: nil, took: .seconds(1), ended: now)
            plan.took(.over(result), directory, on: mount, at: now)
            told[directory] = now
        }

        /// What is told is of these directories, and as old as it is.
        func judge() {
            let (samples, problems, _) = plan.told(at: now)
            for (directory, ended) in told {
                let series = Series(.directoryAge, "x", of: directory.subject)
                let same = told.keys.filter { $0.subject == directory.subject }.count
                guard same == 1 else { continue }
                let age = samples.first { $0.series == series }?.value
                let passed = Double(now.nanoseconds - ended.nanoseconds) / 1e9
                if age != passed { complain("an age of \(age ?? -1) in place of \(passed)") }
            }
            if samples.count != told.count * DirectoryFixtures.metrics.count { complain("\(samples.count) samples") }
            if problems.count > wanted.count { complain("\(problems)") }
        }

        /// When all are there and all answer, each is walked in its time.
        mutating func calmDown() {
            (deaf, absent) = ([], [])
            // One that hung last is tried within its pause.
            let end = now.advanced(by: .seconds(600 + 60 + 12 * 20))
            while now < end { turn() }
            for directory in wanted {
                guard let ended = told[directory] else { return complain("\(directory) is not walked") }
                if ended.advanced(by: .seconds(600 + 60 + 12 * 20)) < now { complain("\(directory) is forgotten") }
            }
            if !plan.told(at: now).problems.isEmpty { complain("\(plan.told(at: now).problems)") }
        }
    }

    @Test("are walked one at a time, each in its time; one mount that hangs holds up nobody on another one")
    func plays() {
        for seed in Setting.seeds(60, soak: 10_000) {
            var play = Play(seed: seed)
            play.changeWanted()
            for _ in 0..<1500 {
                play.disturb()
                play.turn()
            }
            play.judge()
            play.calmDown()
        }
    }

    @Test("of a mount that hangs keep what was found of them last, which gets older, and say why")
    func hangs() throws {
        var plan = WalkPlan()
        var now = MonotonicTime(nanoseconds: 1)
        let (one, other) = (
            MeasuredDirectory(.app("a"), "data", at: "/m1/a"), MeasuredDirectory(.app("b"), "data", at: "/m1/b")
        )
        plan.see(Self.mounts)
        plan.want([one, other], at: now)
        for directory in [one, other] {
            #expect(plan.next(at: now)?.directory == directory)
            let usage = TreeUsage(allocatedBytes: 7, bytes: 8, inodes: 9, isComplete: false)
            let result = OpenWalk.Result(usage: usage, problem: "why", took: .seconds(3), ended: now)
            plan.took(.over(result), directory, on: Self.mounts[1], at: now)
        }
        #expect(plan.told(at: now).problems == [] && plan.told(at: now).remarks.map(\.message) == ["why", "why"])
        now = now.advanced(by: .seconds(600))
        #expect(plan.next(at: now)?.directory == one)
        plan.took(.hanging, one, on: Self.mounts[1], at: now)
        #expect(plan.next(at: now) == nil)
        let (samples, problems, remarks) = plan.told(at: now)
        #expect(remarks == [])
        #expect(
            problems == [
                Problem(source: "app a: directory data", message: "it does not answer"),
                Problem(source: "app b: directory data", message: "it does not answer"),
            ])
        func value(_ metric: Metric) -> Double? {
            samples.first { $0.series == Series(metric, "data", of: .app("b")) }?.value
        }
        #expect(DirectoryFixtures.metrics.map(value) == [7, 8, 9, 0, 600, 3])
        // Another mount is at the place by now.
        plan.see([MountPoint("/"), MountPoint("/m1", id: 7)])
        #expect(plan.next(at: now)?.directory == one && plan.next(at: now)?.mount.id == 7)
        plan.took(.hanging, one, on: MountPoint("/m1", id: 7), at: now)
        #expect(plan.next(at: now) == nil)
        // Or none is.
        plan.see([MountPoint("/")])
        #expect(plan.next(at: now)?.directory == one && plan.next(at: now)?.mount == MountPoint("/"))
    }

    @Test(
        "of an app that cannot be walked, or was replaced, are a remark, as the app could cause it; one of the host's is a problem"
    )
    func obstacles() {
        var plan = WalkPlan()
        let now = MonotonicTime(nanoseconds: 1)
        let (app, host) = (MeasuredDirectory(.app("a"), "d", at: "/a"), MeasuredDirectory(.host, "d", at: "/h"))
        plan.want([app, host], at: now)
        func told(_ outcome: WalkPlan.Outcome) -> [[String]] {
            for directory in [app, host] { plan.took(outcome, directory, on: MountPoint("/"), at: now) }
            let (_, problems, remarks) = plan.told(at: now)
            return [problems, remarks].map { $0.map(\.source) }
        }
        let (ofApp, ofHost) = ("app a: directory d", "the host: directory d")
        #expect(told(.failed("a link")) == [[ofHost], [ofApp]])
        // Also where nothing was ever found it is not complete.
        let samples = plan.told(at: now).samples
        #expect(
            samples.map(\.series) == [Series(.directoryComplete, "d", of: .app("a"))] && samples.map(\.value) == [0])
        #expect(told(.replaced) == [[], [ofApp, ofHost]])
        #expect(told(.absent) == [[ofHost], []])
        #expect(told(.notMade) == [[ofApp, ofHost], []])
        #expect(told(.more) == [[], []])
    }

    @Test("are told up to a bound, with what is beyond as a problem")
    func many() {
        var plan = WalkPlan()
        let now = MonotonicTime(nanoseconds: 1)
        let most = WalkPlan.maximumDirectories
        plan.want((0...most).map { MeasuredDirectory(.app("\($0)"), "d", at: "/\($0)") }, at: now)
        #expect(
            plan.told(at: now).problems == [
                Problem(source: "directories", message: "there are more than \(most): the rest is not measured")
            ])
    }
}
