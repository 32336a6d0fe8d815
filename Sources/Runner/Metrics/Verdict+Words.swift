internal import Collector
internal import Events
internal import Projections

extension AlertRule {
    /// A built-in rule is a kind by itself.
    var kind: BuiltInKind {
        let isBuiltIn = Self.builtIn.contains { $0.name == name }
        return isBuiltIn ? BuiltInKind(rawValue: name) ?? .metricAlert : .metricAlert
    }
}

/// What people are told of a verdict. Numbers are in the body: with other ones it is the same notification.
extension Alerts.Verdict {
    /// A notification's subject is this and, after a blank, the thing: the same on every host would be one.
    static func prefix(_ kind: BuiltInKind, _ rule: String, _ host: String) -> String {
        kind == .metricAlert || kind == .metricMissing ? "\(host) \(rule)" : host
    }

    func conditions(on host: String) -> [Lookout.Condition] {
        [
            Lookout.Condition(
                kind: rule.kind, subject: subject(rule.kind, host),
                finding: raised.map {
                    Lookout.Finding(
                        severity: $0 == .critical ? .critical : nil, title: "\(title) on \(host)", body: body)
                }),
            Lookout.Condition(
                kind: .metricMissing, subject: subject(.metricMissing, host),
                finding: isMissing
                    ? Lookout.Finding(
                        title: "\(measured) is not measured on \(host)",
                        body:
                            "The rule '\(rule.name)' knows nothing of it any more. It is over with the next sample, or after a day."
                    ) : nil),
        ]
    }

    private func subject(_ kind: BuiltInKind, _ host: String) -> String {
        let prefix = Self.prefix(kind, rule.name, host)
        return key.thing.isEmpty ? prefix : "\(prefix) \(key.thing)"
    }

    private var title: String {
        switch rule.kind {
        case .diskSpace: "The file system \(key.thing) is nearly full"
        case .diskInodes: "The file system \(key.thing) has nearly no inodes left"
        case .memory: "There is nearly no memory left"
        case .memoryPressure: "Processes wait for \(key.thing)"
        case .swap: "There is nearly no swap left"
        case .collectorFailed: "The collector '\(key.thing)' does not measure everything"
        default: "\(rule.name): \(measured) is \(sideWord) \(words(rule.high))"
        }
    }

    private var measured: String { key.thing.isEmpty ? rule.metric : "\(rule.metric) of \(key.thing)" }

    private var body: String {
        let last = value.map { "Measured last: \(words($0)). " } ?? ""
        let end = "over after \(rule.calm) good samples, at \(words(rule.low)) or better"
        let command = "interlock metrics show \(rule.metric)" + (app.map { " --app \($0)" } ?? "")
        return "\(last)Told \(sideWord) \(words(rule.high)); \(end).\nSee: \(command)"
    }

    private var sideWord: String { rule.side == .above ? "above" : "below" }

    /// Four digits; a share in percent.
    private func words(_ value: Double) -> String {
        guard rule.share != nil else { return Exposition.number((value * 1e4).rounded() / 1e4) }
        return "\(Exposition.number((value * 1e3).rounded() / 10)) %"
    }
}
