import Testing

/// What Prometheus asks of a page in its text format, and of the names on it; as `promtool check metrics` has it, and
/// besides that every family has a help and a type in front and samples behind.
struct ExpositionRules {
    /// The families, in their order.
    private(set) var families: [String] = []
    /// What is wrong, with the line.
    private(set) var faults: [String] = []
    private var kind = ""
    private var helped = ""
    private var samples: Set<Substring> = []
    private var buckets: [Double] = []
    private var isEmpty = false

    init(_ page: String) {
        if !page.hasSuffix("\n") { faults.append("the last line has no end") }
        for line in page.split(separator: "\n", omittingEmptySubsequences: false).dropLast() { read(line) }
        if isEmpty { faults.append("\(families.last ?? "") has no sample") }
    }

    private mutating func read(_ line: Substring) {
        if let (_, name, help) = line.wholeMatch(of: /# HELP (\S+) (.*)/)?.output {
            helped = String(name)
            check(!help.isEmpty && !isEmpty, line)
        } else if let (_, name, kind) = line.wholeMatch(of: /# TYPE (\S+) (counter|gauge|histogram)/)?.output {
            check(name == helped && !families.contains(helped), line)
            check((kind == "counter") == name.hasSuffix("_total"), line)
            check(name.wholeMatch(of: /(interlock|process)(_[a-z]+)+/) != nil, line)
            check(
                name.firstMatch(
                    of: /_(count|sum|bucket|(milli|micro|nano)seconds|minutes|hours|kilobytes|percent)(_|$)/) == nil,
                line)
            families.append(helped)
            (self.kind, isEmpty, buckets) = (String(kind), true, [])
        } else if let parts = line.wholeMatch(of: /([a-z_]+)(\{([a-z]+="(\\.|[^"\\])*",?)+\})? (\S+)/)?.output {
            sample(line, String(parts.1), parts.2 ?? "", Double(parts.5))
        } else {
            check(false, line)
        }
    }

    private mutating func sample(_ line: Substring, _ name: String, _ labels: Substring, _ value: Double?) {
        isEmpty = false
        check(samples.insert("\(name)\(labels)").inserted, line)
        guard let value, let family = families.last else { return check(false, line) }
        guard kind == "histogram" else { return check(name == family && (kind == "gauge" || value >= 0), line) }
        switch name {
        case family + "_bucket":
            check(value >= buckets.last ?? 0 && labels.contains("le="), line)
            buckets.append(value)
        case family + "_count": check(value == buckets.last && samples.contains("\(family)_bucket{le=\"+Inf\"}"), line)
        default: check(name == family + "_sum", line)
        }
    }

    private mutating func check(_ isRight: Bool, _ line: Substring) {
        if !isRight { faults.append(String(line)) }
    }
}
