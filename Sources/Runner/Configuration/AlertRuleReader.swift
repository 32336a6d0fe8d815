internal import Collector
internal import YAML

/// `metrics.alerts`: rules of one's own, and other marks for the built-in ones.
extension ConfigurationReader {
    static let alertKeys = [
        "name", "metric", "of", "labels", "above", "below", "critical", "clear", "hits", "within", "calm", "missing",
    ]
    /// Rules of one's own; each costs a look at every sample of its metric.
    static let maximumAlerts = 100

    /// The built-in rules, as the list changes them, and then its own.
    mutating func alerts(_ node: Node, _ name: String) -> [AlertRule] {
        var rules = AlertRule.builtIn
        var named: Set<String> = []
        let nodes = list(node, name) ?? []
        if nodes.count > Self.maximumAlerts { complain("\(name) may have \(Self.maximumAlerts) rules", at: node) }
        for node in nodes.prefix(Self.maximumAlerts) {
            guard let section = section(node, name, keys: Self.alertKeys) else { continue }
            guard let nameNode = section.node("name"), let rule = identifier(nameNode, label(section, "name")) else {
                if section.node("name") == nil { complain("\(name): a rule needs a name", at: node) }
                continue
            }
            guard named.insert(rule).inserted else {
                complain("\(name): there are two rules '\(rule)'", at: nameNode)
                continue
            }
            let index = rules.firstIndex { $0.name == rule }
            guard let read = alert(section, rule, from: index.map { rules[$0] }) else { continue }
            if let index { rules[index] = read } else { rules.append(read) }
        }
        return rules
    }

    /// A rule that nothing can break may be one with a mistyped name.
    mutating func noteUnmeasured(_ settings: MetricsSettings, at node: Node?) {
        let known = Set(Metric.allCases.flatMap { [$0.name(of: .host), $0.name(of: .app(""))] })
        for rule in settings.alerts {
            guard let share = rule.share, known.contains(rule.metric) != known.contains(share) else { continue }
            note(
                "metrics.alerts: the rule '\(rule.name)' compares '\(rule.metric)' with '\(share)', which are not measured together: it "
                    + "is never broken", at: node)
        }
        guard settings.collectors.isEmpty else { return }
        for rule in settings.alerts {
            for metric in [rule.metric, rule.share].compactMap({ $0 }) where !known.contains(metric) {
                note("metrics.alerts: nothing measures '\(metric)', about which the rule '\(rule.name)' is", at: node)
            }
        }
    }

    private mutating func alert(_ section: Section, _ name: String, from known: AlertRule?) -> AlertRule? {
        guard let metric = text(section, "metric") ?? known?.metric else {
            complain("\(section.name): the rule '\(name)' needs a metric", at: section.node)
            return nil
        }
        let (above, below) = (mark(section, "above"), mark(section, "below"))
        guard (above == nil) != (below == nil) || (above == nil && known != nil) else {
            complain("\(section.name): the rule '\(name)' needs one of above and below", at: section.node)
            return nil
        }
        let side: AlertRule.Side = above != nil ? .above : below != nil ? .below : known?.side ?? .above
        let high = above ?? below ?? known?.high ?? 0
        // The other marks of a built-in rule are those of its own high one.
        let inherited = high == known?.high && side == known?.side ? known : nil
        var rule = AlertRule(
            name, metric, share: text(section, "of") ?? (metric == known?.metric ? known?.share : nil), side,
            high: high, critical: mark(section, "critical") ?? inherited?.critical,
            low: mark(section, "clear") ?? inherited?.low ?? high)
        rule.labels = labels(section) ?? (metric == known?.metric ? known?.labels : nil) ?? []
        rule.hits = number(section, "hits", 1...64) ?? known?.hits ?? rule.hits
        rule.window = number(section, "within", 1...64) ?? max(rule.hits, known?.window ?? rule.window)
        rule.calm = number(section, "calm", 1...10_000) ?? known?.calm ?? rule.calm
        rule.missing = duration(section, "missing") ?? known?.missing ?? rule.missing
        check(rule, section)
        return rule
    }

    private mutating func check(_ rule: AlertRule, _ section: Section) {
        func node(_ key: String) -> Node { section.node(key) ?? section.node }
        if rule.hits > rule.window {
            complain("\(label(section, "hits")) must not be more than within", at: node("hits"))
        }
        if rule.isBad(rule.low) {
            complain("\(label(section, "clear")) must be on the good side of the mark", at: node("clear"))
        }
        if let critical = rule.critical, !rule.isBad(critical), critical != rule.high {
            complain("\(label(section, "critical")) must be beyond the mark", at: node("critical"))
        }
        if rule.missing < Self.shortestInterval {
            complain("\(label(section, "missing")) must be at least 1s", at: node("missing"))
        }
    }

    private mutating func labels(_ section: Section) -> [Label]? {
        guard let node = section.node("labels"), let entries = entries(of: node, label(section, "labels")) else {
            return nil
        }
        return entries.compactMap { entry in
            text(entry.value, "\(label(section, "labels")).\(entry.key)").map { Label(entry.key, $0) }
        }.sorted()
    }

    private mutating func mark(_ section: Section, _ key: String) -> Double? {
        section.node(key).flatMap { node in
            value(node, label(section, key), expected: "a number such as 0.5, 1e9 or 10%") { text in
                let number = text.hasSuffix("%") ? Double(text.dropLast()).map { $0 / 100 } : Double(text)
                return number.flatMap { $0.isFinite ? $0 : nil }
            }
        }
    }
}
