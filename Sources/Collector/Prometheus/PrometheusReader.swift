/// Puts lines together to families.
struct PrometheusReader {
    private typealias Fault = PrometheusLine.Fault

    private var number = 0
    private var order: [String] = []
    private var byName: [String: PrometheusText.Family] = [:]
    /// Families whose kind was said; it is said once, before the samples.
    private var typed: Set<String> = []
    private var seen: Set<Series> = []

    /// The next line.
    mutating func take(_ line: PrometheusLine) throws(PrometheusText.Refusal) {
        number += 1
        do throws(PrometheusLine.Fault) {
            try read(line)
        } catch {
            throw PrometheusText.Refusal(line: number, words: error.words)
        }
    }

    /// What there is when the last line has been read. A name that two families could have is nobody's.
    func families() throws(PrometheusText.Refusal) -> [PrometheusText.Family] {
        let families = order.compactMap { byName[$0] }.filter { !$0.lines.isEmpty }
        var names: Set<String> = []
        for name in families.flatMap(\.names) where !names.insert(name).inserted {
            throw PrometheusText.Refusal(line: number, words: "\(name) is of two families")
        }
        return families
    }

    private mutating func read(_ whole: PrometheusLine) throws(PrometheusLine.Fault) {
        var line = whole
        line.skipBlanks()
        if line.isAtEnd { return }
        guard line.take("#") else { return try readSample(&line) }
        line.skipBlanks()
        let word = line.word()
        guard word == "HELP" || word == "TYPE" else { return }
        line.skipBlanks()
        let name = try line.name(hasColon: true)
        guard line.isAtEnd || line.takesBlank() else { throw Fault("a blank belongs behind '\(name)'") }
        try check(name)
        begin(name)
        if word == "HELP" {
            guard byName[name]?.help == nil else { throw Fault("\(name) has a help already") }
            byName[name]?.help = try line.help()
        } else {
            line.skipBlanks()
            let kind = line.word()
            line.skipBlanks()
            guard line.isAtEnd, let kind = PrometheusText.Kind(rawValue: kind) else {
                throw Fault("'\(kind.prefix(40))' is none of counter, gauge, histogram, summary and untyped")
            }
            guard typed.insert(name).inserted else { throw Fault("\(name) has a type already") }
            guard byName[name]?.lines.isEmpty == true else {
                throw Fault("the type of \(name) belongs before its samples")
            }
            byName[name]?.kind = kind
        }
    }

    private mutating func readSample(_ line: inout PrometheusLine) throws(PrometheusLine.Fault) {
        let name = try line.name(hasColon: true)
        try check(name)
        let isApart = line.takesBlank()
        line.skipBlanks()
        let labels = line.take("{") ? try readLabels(&line) : nil
        guard labels != nil || isApart else { throw Fault("a blank belongs behind '\(name)'") }
        line.skipBlanks()
        let value = try line.value()
        line.skipBlanks()
        // The time is the one of the reading.
        if !line.isAtEnd, Int64(line.word()) == nil { throw Fault("a time is milliseconds since 1970, a whole number") }
        line.skipBlanks()
        guard line.isAtEnd else { throw Fault("there is something behind the value") }
        let sample = PrometheusText.Line(name: name, labels: (labels ?? []).sorted(), value: value)
        let family = try family(of: sample)
        guard seen.insert(Series(name: name, labels: sample.labels)).inserted else {
            throw Fault("\(name) with these labels is there already")
        }
        guard seen.count <= PrometheusText.maximumSamples else {
            throw Fault("there are more than \(PrometheusText.maximumSamples) samples")
        }
        begin(family)
        byName[family]?.lines.append(sample)
    }

    private func readLabels(_ line: inout PrometheusLine) throws(PrometheusLine.Fault) -> [Label] {
        var labels: [Label] = []
        while true {
            line.skipBlanks()
            if line.take("}") { break }
            let name = try line.name(hasColon: false)
            guard !name.hasPrefix("__") else { throw Fault("the label \(name) is Prometheus' own: it begins with __") }
            line.skipBlanks()
            guard line.take("=") else { throw Fault("a = belongs behind the label \(name)") }
            line.skipBlanks()
            let value = try line.quoted()
            guard labels.count < PrometheusText.maximumLabels else {
                throw Fault("a sample has more than \(PrometheusText.maximumLabels) labels")
            }
            guard !labels.contains(where: { $0.name == name }) else { throw Fault("the label \(name) is there twice") }
            labels.append(Label(name, value))
            line.skipBlanks()
            if line.take(",") { continue }
            guard line.take("}") else { throw Fault("a comma or } belongs behind the label \(name)") }
            break
        }
        // An empty one is as good as none.
        return labels.filter { !$0.value.isEmpty }
    }

    /// The family whose sample that is; what belongs to a histogram or a summary has its name and a suffix.
    private func family(of line: PrometheusText.Line) throws(PrometheusLine.Fault) -> String {
        for suffix in PrometheusText.Kind.histogram.suffixes where line.name.hasSuffix(suffix) {
            let base = String(line.name.dropLast(suffix.count))
            guard let kind = byName[base]?.kind, kind.suffixes.contains(suffix) else { continue }
            if suffix == "_bucket" { try require("le", in: line) }
            return base
        }
        switch byName[line.name]?.kind {
        case .histogram: throw Fault("\(line.name) is a histogram: its samples end in _bucket, _sum and _count")
        case .summary: try require("quantile", in: line)
        default: break
        }
        return line.name
    }

    private func require(_ label: String, in line: PrometheusText.Line) throws(PrometheusLine.Fault) {
        guard let value = line.labels.first(where: { $0.name == label })?.value else {
            throw Fault("\(line.name) has no label \(label)")
        }
        var number = PrometheusLine(Substring(value).utf8)
        guard (try? number.value()) != nil, number.isAtEnd else { throw Fault("the label \(label) is a number") }
    }

    private func check(_ name: String) throws(PrometheusLine.Fault) {
        guard let beginning = PrometheusText.reserved.first(where: { name.hasPrefix($0) }) else { return }
        throw Fault("\(name): names that begin with \(beginning) are the service's own")
    }

    private mutating func begin(_ name: String) {
        guard byName[name] == nil else { return }
        byName[name] = PrometheusText.Family(name: name, help: nil, kind: .untyped)
        order.append(name)
    }
}

extension PrometheusLine {
    /// Whether a blank comes, which then is read.
    fileprivate mutating func takesBlank() -> Bool { take(" ") || take("\t") }
}
