public import System

/// Which rules are broken by what. A value; whoever measures keeps it.
public struct Alerts: Sendable {
    /// Things that are watched, over all rules; further ones are not.
    public static let maximumStandings = 20_000

    /// What a rule is about, by a name that stays the same as long as the thing does.
    public struct Key: Sendable, Hashable, Comparable {
        /// The rule's name.
        public let rule: String
        /// The subject and the labels' values of its series; empty for the host as a whole.
        public let thing: String

        /// A key.
        public init(rule: String, thing: String) {
            (self.rule, self.thing) = (rule, thing)
        }

        /// The app that it is about, if any.
        public var app: String? {
            guard thing.hasPrefix(Self.appWord) else { return nil }
            return String(thing.dropFirst(Self.appWord.count).prefix { $0 != " " })
        }

        fileprivate static let appWord = "app "

        /// By rule, then by thing.
        public static func < (left: Key, right: Key) -> Bool { (left.rule, left.thing) < (right.rule, right.thing) }
    }

    /// How it stands now.
    public struct Verdict: Sendable, Equatable {
        /// By which rule.
        public let rule: AlertRule
        /// About what.
        public let key: Key
        /// Nil where all is well, or it is over.
        public let raised: AlertLevel?
        /// Whether nothing has been measured of it for too long.
        public let isMissing: Bool
        /// What was measured last.
        public let value: Double?
        /// The app that it is about, if any.
        public let app: String?
    }

    /// By which it goes.
    public private(set) var rules: [AlertRule]
    private var standings: [Key: (standing: AlertStanding, app: String?)] = [:]
    private var rulesByName: [String: AlertRule] { Dictionary(rules.map { ($0.name, $0) }) { first, _ in first } }

    /// Nothing is known yet.
    public init(_ rules: [AlertRule] = []) { self.rules = rules }

    /// Goes by other rules from now on. What a rule that is gone, or is another one now, has raised is over: the verdicts say so.
    public mutating func change(to rules: [AlertRule]) -> [Verdict] {
        let before = rulesByName
        self.rules = rules
        let after = rulesByName
        return forget(standings.keys.filter { before[$0.rule] != after[$0.rule] }, by: before)
    }

    /// It stood so before a restart, since which it may have been measured. How it stands now, where that is otherwise.
    ///
    /// - Parameter missing: for how long it has been told as missing; nil where it is not.
    public mutating func restore(
        _ key: Key, raised: AlertLevel?, missing: Duration?, at now: MonotonicTime
    ) -> [Verdict] {
        guard rules.contains(where: { $0.name == key.rule }) else { return [] }
        let before = AlertStanding(raised: raised, missing: missing, at: now)
        if let index = standings.index(forKey: key) {
            standings.values[index].standing.restore(raised: raised)
            return Told(standings.values[index].standing) == Told(before) ? [] : verdicts(of: [key])
        }
        if standings.count < Self.maximumStandings { standings[key] = (before, key.app) }
        return []
    }

    /// Some apps are gone, and with them whatever there was to say of them.
    public mutating func end(apps areGone: (String) -> Bool) -> [Verdict] {
        forget(standings.filter { $0.value.app.map(areGone) ?? false }.map(\.key), by: rulesByName)
    }

    /// A collector of somebody's own is gone, and with it whatever there was to say of it and of what it told.
    ///
    /// - Parameter names: the metrics that it told.
    public mutating func end(collector: String, telling names: Set<String>) -> [Verdict] {
        let rules = rulesByName
        let gone = standings.keys.filter { key in
            guard let rule = rules[key.rule] else { return false }
            let isOfIt = Metric.ofCollectors.contains(rule.metric) && key.thing == collector
            return isOfIt || names.contains(rule.metric) || rule.share.map(names.contains) ?? false
        }
        return forget(Array(gone), by: rules)
    }

    /// Everything that is raised or missing, in the keys' order.
    public var open: [Verdict] {
        verdicts(of: standings.filter { Told($0.value.standing) != Told() }.map(\.key))
    }

    /// Takes what was measured. What stands otherwise now than before, in the keys' order; what has been missing for so long that it is
    /// over comes first.
    ///
    /// - Parameter every: how often they are measured.
    public mutating func take(_ readings: Readings, every: Duration, at now: MonotonicTime) -> [Verdict] {
        let wanted = Set(rules.map(\.metric) + rules.compactMap(\.share))
        let byName = Dictionary(grouping: readings.all.filter { wanted.contains($0.series.name) }, by: \.series.name)
        var changed: Set<Key> = []
        for rule in rules {
            for (series, value) in values(rule, byName) where value.isFinite {
                let key = Key(rule: rule.name, thing: series.thing)
                if take(value, of: key, series.subject.app, rule, every, at: now) { changed.insert(key) }
            }
        }
        var gone: [Key] = []
        let rules = rulesByName
        for index in standings.indices {
            guard let rule = rules[standings.keys[index].rule] else { continue }
            let before = Told(standings.values[index].standing)
            if !standings.values[index].standing.look(rule, at: now) { gone.append(standings.keys[index]) }
            if Told(standings.values[index].standing) != before { changed.insert(standings.keys[index]) }
        }
        let over = forget(gone, by: rules)
        return over + verdicts(of: Array(changed))
    }

    /// What people are told of.
    private struct Told: Equatable {
        var raised: AlertLevel?
        var isMissing = false

        init() {}
        init(_ standing: AlertStanding) { (raised, isMissing) = (standing.raised, standing.isMissing) }
    }

    private func values(_ rule: AlertRule, _ byName: [String: [Reading]]) -> [(Series, Double)] {
        let readings = (byName[rule.metric] ?? []).filter { reading in
            rule.labels.allSatisfy { reading.series.labels.contains($0) }
        }
        guard let share = rule.share else {
            return readings.compactMap { reading in reading.level.map { (reading.series, $0) } }
        }
        let wholes = Dictionary((byName[share] ?? []).map { (Thing($0.series), $0) }) { first, _ in first }
        return readings.compactMap { reading in
            guard let whole = wholes[Thing(reading.series)]?.level, let level = reading.level, whole > 0 else {
                return nil
            }
            return (reading.series, level / whole)
        }
    }

    /// A series without its name.
    private struct Thing: Hashable {
        let subject: Subject
        let labels: [Label]
        init(_ series: Series) { (subject, labels) = (series.subject, series.labels) }
    }

    /// True where it stands otherwise then.
    private mutating func take(
        _ value: Double, of key: Key, _ app: String?, _ rule: AlertRule, _ every: Duration, at now: MonotonicTime
    ) -> Bool {
        if let index = standings.index(forKey: key) {
            let before = Told(standings.values[index].standing)
            standings.values[index].standing.take(value, rule, every: every, at: now)
            return Told(standings.values[index].standing) != before
        }
        guard standings.count < Self.maximumStandings else { return false }
        var standing = AlertStanding(at: now)
        standing.take(value, rule, every: every, at: now)
        standings[key] = (standing, app)
        return Told(standing) != Told()
    }

    /// What was told of them is over; in the keys' order.
    private mutating func forget(_ keys: [Key], by rules: [String: AlertRule]) -> [Verdict] {
        keys.sorted().compactMap { key in
            guard let (standing, app) = standings.removeValue(forKey: key), Told(standing) != Told(),
                let rule = rules[key.rule]
            else { return nil }
            return Verdict(rule: rule, key: key, raised: nil, isMissing: false, value: standing.value, app: app)
        }
    }

    private func verdicts(of keys: [Key]) -> [Verdict] {
        let rules = rulesByName
        return keys.sorted().compactMap { key in
            guard let (standing, app) = standings[key], let rule = rules[key.rule] else { return nil }
            return Verdict(
                rule: rule, key: key, raised: standing.raised, isMissing: standing.isMissing, value: standing.value,
                app: app)
        }
    }
}

extension Series {
    /// One label by its value, several by their names too. Bounded, as it becomes part of a notification's subject.
    fileprivate var thing: String {
        let own = labels.count == 1 ? labels.map(\.value) : labels.map { "\($0.name)=\($0.value)" }
        let subject = subject.app.map { Alerts.Key.appWord + $0 }
        let words = ((subject.map { [$0] } ?? []) + own).joined(separator: " ")
        let scalars = words.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : Character($0) }
        let line = String(scalars)
        guard line.utf8.count > Self.longestThing else { return line }
        // FNV-1a tells apart what is cut to the same.
        let hash = line.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return String(line.unicodeScalars.prefix(Self.longestThing / 4).map(Character.init)) + "… "
            + String(hash, radix: 16)
    }

    private static let longestThing = 120
}

extension Subject {
    /// The app's id, where it is one.
    public var app: String? {
        if case .app(let id) = self { id } else { nil }
    }
}
