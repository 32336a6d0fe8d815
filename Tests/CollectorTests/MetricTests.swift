import Testing

@testable import Collector

@Suite("A metric")
struct MetricTests {
    @Test("is named as Prometheus wants it, and explained", arguments: Metric.allCases)
    func name(metric: Metric) {
        #expect(metric.rawValue.wholeMatch(of: /interlock_(host|collector)(_[a-z]+)+/) != nil)
        #expect(
            metric.rawValue.firstMatch(
                of: /_((milli|micro|nano|kilo|mega)[a-z]*|minutes|hours|percent|counter|count|sum)(_|$)/) == nil)
        #expect(metric.help.hasSuffix(".") && metric.help.count > 10)
        #expect(metric.label?.wholeMatch(of: /[a-z]+/) != nil || metric.label == nil)
    }
}
