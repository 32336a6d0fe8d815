import Collector
import Testing

@testable import Runner

@Suite("The configuration of alerts")
struct AlertRuleTests {
    private func rules(_ yaml: String) throws -> [AlertRule] {
        try #require(try Configuration(yaml: Array("metrics: { alerts: [\(yaml)] }".utf8), file: "x").metrics).alerts
    }

    private func complaint(_ yaml: String) -> String {
        do {
            _ = try rules(yaml)
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test("adds rules of one's own to the built-in ones, with sensible marks")
    func own() throws {
        let rules = try rules("{ name: queue, metric: queue_length, above: 10 }")
        #expect(rules == AlertRule.builtIn + [AlertRule("queue", "queue_length", .above, high: 10, low: 10)])
    }

    @Test("names the series that are meant by their labels")
    func labels() throws {
        let rule = try rules("{ name: a, metric: m, above: 1, labels: { mount: /data } }").last
        #expect(rule?.labels == [Label("mount", "/data")])
        #expect(try rules("{ name: memory-pressure, above: 0.4 }")[3].labels == [Label("resource", "memory")])
    }

    @Test("changes of a built-in rule what it says")
    func builtIn() throws {
        let rule = try #require(try rules("{ name: disk-space, below: 20%, clear: 30%, hits: 1 }").first)
        var wanted = try #require(AlertRule.builtIn.first)
        (wanted.high, wanted.low, wanted.critical, wanted.hits) = (0.2, 0.3, nil, 1)
        #expect(rule == wanted)
        #expect(try rules("{ name: swap, missing: 1h }").first { $0.name == "swap" }?.missing == .seconds(3600))
    }

    @Test(
        "is refused where it makes no sense, and the place is named",
        arguments: [
            ("{ metric: m, above: 1 }", "a rule needs a name"), ("{ name: a, above: 1 }", "needs a metric"),
            ("{ name: a, metric: m }", "one of above and below"),
            ("{ name: a, metric: m, above: 1, below: 1 }", "one of above and below"),
            ("{ name: a, metric: m, above: much }", "must be a number such as 0.5, 1e9 or 10%"),
            ("{ name: a, metric: m, above: 1, clear: 2 }", "on the good side"),
            ("{ name: a, metric: m, above: 2, critical: 1 }", "beyond the mark"),
            ("{ name: a, metric: m, above: 2, hits: 4, within: 3 }", "must not be more than within"),
            ("{ name: a, metric: m, above: 1 }, { name: a, metric: n, above: 1 }", "two rules 'a'"),
        ])
    func refused(yaml: String, words: String) { #expect(complaint(yaml).contains(words), "\(complaint(yaml))") }
}
