import System
import Testing

@testable import Collector

@Suite("What is kept of the passes")
struct LedgerTests {
    private func report(
        _ collector: String, _ samples: [Sample] = [], problems: [Problem] = [], milliseconds: Int? = 5
    ) -> Report {
        Report(
            collector: collector, duration: milliseconds.map { .milliseconds($0) }, samples: samples,
            problems: problems)
    }

    private func pass(_ reports: [Report], second: Int64 = 100, hanging: Int = 0) -> Pass {
        Pass(
            reports: reports, at: WallTime(microseconds: second * 1_000_000),
            monotonic: MonotonicTime(nanoseconds: UInt64(second) * 1_000_000_000), hanging: hanging)
    }

    private func values(_ ledger: Ledger) -> [Series: Double] {
        Dictionary(uniqueKeysWithValues: (ledger.readings?.all ?? []).map { ($0.series, $0.value) })
    }

    @Test("is the last one's samples, and how each collector did")
    func last() {
        var ledger = Ledger()
        #expect(ledger.readings == nil)
        _ = ledger.take(pass([report("clock", [Sample(Series(.uptime), 1, isCounter: false)]), report("disks")]))
        let problem = Problem(source: "/proc/uptime", message: "it is cut short")
        let late = report("disks", problems: [Problem(source: "disks", message: "late")], milliseconds: nil)
        _ = ledger.take(pass([report("clock", problems: [problem]), late], second: 110, hanging: 1))
        let values = values(ledger)
        // What was is not told again.
        #expect(values[Series(.uptime)] == nil)
        #expect(values[Series(.collectorSuccess, "clock")] == 0 && values[Series(.collectorSuccess, "disks")] == 0)
        #expect(values[Series(.collectorLastSuccess, "clock")] == 100)
        #expect(values[Series(.collectorDuration, "clock")] == 0.005)
        #expect(values[Series(.collectorDuration, "disks")] == nil)
        #expect(values[Series(.collectorErrors, "/proc/uptime")] == 1 && values[Series(.collectorErrors, "disks")] == 1)
        #expect(values[Series(.hangingCalls)] == 1 && values[Series(.collectorSamples, "clock")] == 0)
    }

    @Test("says once what begins to fail, and once that it is over; all failures are counted")
    func news() {
        var ledger = Ledger()
        let problem = Problem(source: "/data", message: "it does not answer")
        #expect(ledger.take(pass([report("filesystems")])) == .init())
        #expect(ledger.take(pass([report("filesystems", problems: [problem])])) == .init(begun: [problem]))
        #expect(ledger.take(pass([report("filesystems", problems: [problem])])) == .init())
        #expect(ledger.take(pass([report("filesystems")])) == .init(ended: ["/data"]))
        #expect(values(ledger)[Series(.collectorErrors, "/data")] == 2)
    }

    @Test("counts counters that went back, and those that are of another disk; not what is no counter")
    func resets() {
        var ledger = Ledger()
        func take(_ reads: Double, disk: UInt64, uptime: Double) {
            _ = ledger.take(
                pass([
                    report(
                        "disks",
                        [
                            Sample(Series(.diskReads, "sda"), reads, isCounter: true, identity: Identity(8, disk)),
                            Sample(Series(.uptime), uptime, isCounter: false),
                        ])
                ]))
        }
        take(10, disk: 0, uptime: 9)
        take(11, disk: 0, uptime: 8)
        #expect(values(ledger)[Series(.counterResets)] == 0)
        take(5, disk: 0, uptime: 7)
        take(50, disk: 16, uptime: 7)
        #expect(values(ledger)[Series(.counterResets)] == 2)
    }

    @Test("does not grow with the number of mounts that fail")
    func bounded() {
        var ledger = Ledger()
        for number in 0..<Ledger.maximumSources + 10 {
            _ = ledger.take(pass([report("filesystems", problems: [Problem(source: "/\(number)", message: "no")])]))
        }
        let errors = values(ledger).keys.filter { $0.metric == .collectorErrors }
        #expect(errors.count == Ledger.maximumSources + 1)
        #expect(values(ledger)[Series(.collectorErrors, Ledger.others)] == 10)
    }
}
