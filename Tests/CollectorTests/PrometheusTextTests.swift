import Seeds
import Testing

@testable import Collector

@Suite("What a program prints for Prometheus")
struct PrometheusTextTests {
    static let whole = #"""
        # A comment, and a blank line.

        # HELP queue_length Mails that wait: a \\ and\na newline.
        # TYPE queue_length gauge
        queue_length{queue="in \"x\"\\\n",app="blog"} 3
          queue_length { queue = "out" , } -1.5e3 1395066363000
        # TYPE mails_total counter
        mails_total 12
        # TYPE took_seconds histogram
        took_seconds_bucket{le="0.5"} 2
        took_seconds_bucket{le="+Inf"} 3
        took_seconds_sum 4.5
        took_seconds_count 3
        # TYPE size_bytes summary
        size_bytes{quantile="0.5"} NaN
        size_bytes_sum 17
        size_bytes_count 2
        plain{empty=""} +Inf

        """#

    private func text(_ text: String) throws -> PrometheusText { try PrometheusText(Array(text.utf8)) }

    @Test("is taken family by family, with what was said of each")
    func families() throws {
        let families = try text(Self.whole).families
        #expect(families.map(\.name) == ["queue_length", "mails_total", "took_seconds", "size_bytes", "plain"])
        #expect(families.map(\.kind) == [.gauge, .counter, .histogram, .summary, .untyped])
        #expect(families[0].help == "Mails that wait: a \\ and\na newline." && families[1].help == nil)
        #expect(
            families[0].lines == [
                .init(name: "queue_length", labels: [Label("app", "blog"), Label("queue", "in \"x\"\\\n")], value: 3),
                .init(name: "queue_length", labels: [Label("queue", "out")], value: -1500),
            ])
        #expect(families[2].lines.count == 4 && families[3].lines[0].value.isNaN)
        #expect(families[4].lines == [.init(name: "plain", labels: [], value: .infinity)])
    }

    @Test("goes to the sinks by series: the label app says of which app, and what only grows is a counter")
    func samples() throws {
        let samples = try text(Self.whole).samples
        #expect(
            samples[0].series
                == Series(name: "queue_length", of: .app("blog"), labels: [Label("queue", "in \"x\"\\\n")]))
        #expect(samples[1].series.subject == .host && !samples[1].isCounter && samples[2].isCounter)
        let counters = samples.filter(\.isCounter).map(\.series.name)
        #expect(
            counters == [
                "mails_total", "took_seconds_bucket", "took_seconds_bucket", "took_seconds_sum", "took_seconds_count",
                "size_bytes_sum", "size_bytes_count",
            ])
    }

    @Test("may be nothing", arguments: ["", "\n", "# nothing\n", "# TYPE a gauge\n"])
    func nothing(_ words: String) throws {
        #expect(try text(words).families == [])
    }

    @Test(
        "is taken whole or not at all, and the refusal names the line",
        arguments: [
            ("a 1\nb", "line 2 of its output: it ends without a newline"),
            ("a 1\nb\n", "line 2 of its output: a blank belongs behind 'b'"),
            ("a \n", "line 1 of its output: the value is missing"),
            ("a x\n", "line 1 of its output: 'x' is no value"),
            ("a 0x10\n", "line 1 of its output: '0x10' is no value"),
            ("a 1e999\n", "line 1 of its output: '1e999' is no value"),
            ("a 1 x\n", "line 1 of its output: a time is milliseconds since 1970, a whole number"),
            ("a 1 2 3\n", "line 1 of its output: there is something behind the value"),
            ("1a 1\n", "line 1 of its output: no name of a metric begins there"),
            ("ä 1\n", "line 1 of its output: no name of a metric begins there"),
            ("a{1=\"x\"} 1\n", "line 1 of its output: no name of a label begins there"),
            ("a{b:c=\"x\"} 1\n", "line 1 of its output: a = belongs behind the label b"),
            ("a{b=x} 1\n", "line 1 of its output: the value of a label stands in quotation marks"),
            ("a{b=\"x} 1\n", "line 1 of its output: a quotation mark is missing"),
            ("a{b=\"\\t\"} 1\n", #"line 1 of its output: only \\, \" and \n are escapes"#),
            ("a{b=\"x\" c=\"y\"} 1\n", "line 1 of its output: a comma or } belongs behind the label b"),
            ("a{b=\"x\",b=\"y\"} 1\n", "line 1 of its output: the label b is there twice"),
            ("a{__b=\"x\"} 1\n", "line 1 of its output: the label __b is Prometheus' own: it begins with __"),
            ("a{b=\"1\"} 1\na{b=\"1\",c=\"\"} 2\n", "line 2 of its output: a with these labels is there already"),
            (
                "# TYPE a metre\n",
                "line 1 of its output: 'metre' is none of counter, gauge, histogram, summary and untyped"
            ),
            ("# TYPE a gauge\n# TYPE a gauge\n", "line 2 of its output: a has a type already"),
            ("# HELP a x\n# HELP a x\n", "line 2 of its output: a has a help already"),
            ("a 1\n# TYPE a gauge\n", "line 2 of its output: the type of a belongs before its samples"),
            (
                "# TYPE a histogram\na 1\n",
                "line 2 of its output: a is a histogram: its samples end in _bucket, _sum and _count"
            ),
            ("# TYPE a histogram\na_bucket 1\n", "line 2 of its output: a_bucket has no label le"),
            ("# TYPE a histogram\na_bucket{le=\"x\"} 1\n", "line 2 of its output: the label le is a number"),
            ("# TYPE a summary\na 1\n", "line 2 of its output: a has no label quantile"),
            ("a_sum 1\n# TYPE a summary\na_count 1\n", "line 4 of its output: a_sum is of two families"),
            (
                "interlock_x 1\n",
                "line 1 of its output: interlock_x: names that begin with interlock_ are the service's own"
            ),
            (
                "# HELP process_x y\n",
                "line 1 of its output: process_x: names that begin with process_ are the service's own"
            ),
        ])
    func refused(words: String, problem: String) {
        #expect { try text(words) } throws: { "\($0)" == problem }
    }

    @Test("is refused with a byte that is no UTF-8, and with more samples than are taken")
    func bounds() throws {
        #expect(throws: PrometheusText.Refusal.self) {
            try PrometheusText(Array("a{b=\"".utf8) + [0xff] + Array("\"} 1\n".utf8))
        }
        let most = (0..<PrometheusText.maximumSamples).map { "a\($0) 1\n" }.joined()
        #expect(try text(most).samples.count == PrometheusText.maximumSamples)
        #expect { try text(most + "b 1\n") } throws: {
            "\($0)" == "line 2001 of its output: there are more than 2000 samples"
        }
    }

    @Test(
        "is no crash whatever it is, and of what is cut nothing is taken but whole lines",
        arguments: Setting.seeds(300, soak: 30_000))
    func garbage(seed: Int) throws {
        var random = Random(seed: seed)
        let bytes = Array(Self.whole.utf8)
        let cut = Array(bytes.prefix(random.below(bytes.count + 1)))
        if let part = try? PrometheusText(cut) {
            #expect(cut.isEmpty || cut.last == 10, "seed \(seed)")
            let whole = try text(Self.whole).families.flatMap(\.lines).map { "\($0)" }
            #expect(part.families.flatMap(\.lines).allSatisfy { whole.contains("\($0)") }, "seed \(seed)")
        }
        let alphabet = Array("#HELPTYPEgauge abc_:{}=\",\\n0123456789.+-eNaInf\n\t".utf8) + [0x80, 0xff, 0]
        var edited = bytes
        for _ in 0...random.below(5) {
            let place = random.below(edited.count)
            if random.chance(50) {
                edited[place] = alphabet[random.below(alphabet.count)]
            } else {
                edited.remove(at: place)
            }
        }
        for family in (try? PrometheusText(edited))?.families ?? [] {
            #expect(
                !family.lines.isEmpty && family.name.wholeMatch(of: /[a-zA-Z_:][a-zA-Z0-9_:]*/) != nil, "seed \(seed)")
        }
        _ = try? PrometheusText((0..<random.below(200)).map { _ in alphabet[random.below(alphabet.count)] })
    }
}
