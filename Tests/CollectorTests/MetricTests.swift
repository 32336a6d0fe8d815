import Testing

@testable import Collector

@Suite("A metric")
struct MetricTests {
    @Test("is named as Prometheus wants it, and explained", arguments: Metric.allCases)
    func name(metric: Metric) {
        #expect(metric.rawValue.wholeMatch(of: /interlock_(host|app|collector|graphite|history)(_[a-z]+)+/) != nil)
        #expect(
            metric.rawValue.firstMatch(
                of: /_((milli|micro|nano|kilo|mega)[a-z]*|minutes|hours|percent|counter|count|sum)(_|$)/) == nil)
        #expect(metric.help.hasSuffix(".") && metric.help.count > 10)
        #expect(metric.label?.wholeMatch(of: /[a-z]+/) != nil || metric.label == nil)
    }

    @Test("of an app or a task has the host's name with another subject; what tells of collectors has one name")
    func subjects() {
        #expect(Metric.cpuSeconds.name(of: .app("blog")) == "interlock_app_cpu_seconds_total")
        #expect(Metric.cpuSeconds.name(of: .task("t")) == "interlock_task_cpu_seconds_total")
        #expect(Metric.memoryCurrent.name(of: .task("t")) == "interlock_task_memory_current_bytes")
        for subject in [Subject.host, .app("a"), .task("t")] {
            #expect(Set(Metric.allCases.map { $0.name(of: subject) }).count == Metric.allCases.count)
        }
    }
}
