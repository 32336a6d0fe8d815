internal import Collector
internal import EventStore
internal import Events
internal import Logging
internal import Projections
internal import Synchronization
internal import System

/// Raises and resolves notifications for what is measured. How an alert stands is in the log: it is open there or it is not, so a
/// restart forgets nothing, and the samples of the last passes only. Without a database nobody can be told; what has changed meanwhile
/// is made up for.
final class AlertSink: Sendable {
    private struct State {
        var alerts = Alerts()
        /// What is to be told, by the last word of each; at most as many as there are standings.
        var untold: [Alerts.Key: Alerts.Verdict] = [:]
        /// Once it is known how things stood before.
        var isRestored = false

        mutating func take(_ verdicts: [Alerts.Verdict]) -> Bool {
            for verdict in verdicts { untold[verdict.key] = verdict }
            return !verdicts.isEmpty
        }
    }

    private let state = Mutex(State())
    private let waker = Waker()
    private let roster: LiveRoster
    /// After the database failed; and after which all that is raised is looked at, were it that its notification is not open.
    private static let (afterFailure, longest) = (Duration.seconds(5), Duration.seconds(300))

    /// Nothing stands yet.
    init(_ roster: LiveRoster) { self.roster = roster }

    /// Everything that is raised or missing.
    var open: [Alerts.Verdict] { state.withLock { $0.alerts.open } }

    /// Goes by these rules from now on.
    func change(to rules: [AlertRule]) { tell { $0.change(to: rules) } }

    /// Apps were removed, or it is known by now which there are; the roster knows that already.
    func endApps() {
        tell { $0.end { !roster.knows($0) } }
        waker.wake()
    }

    /// A collector of somebody's own is configured no more.
    func end(collector: String, telling names: Set<String>) {
        tell { $0.end(collector: collector, telling: names) }
    }

    /// Takes what was measured. Does not block.
    ///
    /// - Parameter every: how often they are measured.
    func take(_ readings: Readings, every: Duration) {
        // With the lock: an app is ended after this, or what it still has here is left out.
        tell { $0.take(roster.known(readings), every: every, at: .now) }
    }

    private func tell(_ body: (inout Alerts) -> [Alerts.Verdict]) {
        if state.withLock({ $0.take(body(&$0.alerts)) }) { waker.wake() }
    }

    func run(_ service: Service) async throws {
        let host = service.site.site.host
        try await service.look(at: "the alerts", waker, shortest: .zero, afterFailure: Self.afterFailure) {
            // Nobody is told of an app that may be gone.
            guard roster.hasBegun else { return Self.longest }
            if !state.withLock(\.isRestored) { try await restore(service, host) }
            let untold = state.withLock { state in
                defer { state.untold = [:] }
                let open = state.alerts.open.map { ($0.key, $0) }
                return state.untold.merging(open) { _, newer in newer }
            }
            do {
                let conditions = untold.sorted { $0.key < $1.key }.flatMap { $0.value.conditions(on: host) }
                // One that cannot be told holds up no other.
                try await Lookout(service: service).tell(conditions) { condition, refusal in
                    service.logger.error("the alert about \(condition.subject) cannot be told: \(refusal)")
                }
            } catch {
                // What has changed since is newer.
                state.withLock { $0.untold.merge(untold) { newer, _ in newer } }
                throw error
            }
            return Self.longest
        }
    }

    /// Takes over how things stood, beside what has been measured since. What is open by a rule, or about an app or a collector, that
    /// is no more is over.
    private func restore(_ service: Service, _ host: String) async throws {
        let open = try await service.site.log.inspect { platform, _ in
            platform.notifications.open.filter { Self.isAlert($0, on: host) }
        }
        // With the lock: an app that is removed and a collector that is configured no more are ended here behind this, or it is known
        // by now that they are gone.
        let standings = state.withLock { state in
            let own = service.configuration.metrics?.collectors.map(\.name) ?? []
            let standings = self.standings(of: open, by: state.alerts.rules, beside: own, on: host)
            for (key, standings) in Dictionary(grouping: standings, by: \.key) {
                let (raised, missing) = (standings.compactMap(\.level).max(), standings.compactMap(\.missing).max())
                _ = state.take(state.alerts.restore(key, raised: raised, missing: missing, at: .now))
            }
            return standings
        }
        let known = Set(standings.map(\.id))
        let gone = open.filter { !known.contains($0.id) }.compactMap { notification in
            BuiltInKind(rawValue: notification.kind).map {
                Lookout.Condition(kind: $0, subject: notification.subject, finding: nil)
            }
        }
        try await Lookout(service: service).tell(gone)
        state.withLock { $0.isRestored = true }
    }

    private func standings(
        of open: [Projections.Notification], by rules: [AlertRule], beside own: [String], on host: String
    ) -> [Standing] {
        let collectors = Set(HostMeter.collectors + own)
        return rules.flatMap { rule in
            let isOfCollector = Metric.ofCollectors.contains(rule.metric)
            return open.compactMap { Standing($0, of: rule, on: host) }.filter { standing in
                roster.knows(standing.key.app) && (!isOfCollector || collectors.contains(standing.key.thing))
            }
        }
    }

    private static func isAlert(_ notification: Projections.Notification, on host: String) -> Bool {
        let kinds = Set((AlertRule.builtIn.map(\.kind) + [.metricAlert, .metricMissing]).map(\.rawValue))
        return kinds.contains(notification.kind)
            && (notification.subject == host || notification.subject.hasPrefix("\(host) "))
    }

    /// What an open notification says of a rule.
    private struct Standing {
        let id: NotificationID
        let key: Alerts.Key
        /// Nil where it says that something is missing.
        let level: AlertLevel?
        /// For how long it has said so.
        let missing: Duration?

        init?(_ notification: Projections.Notification, of rule: AlertRule, on host: String) {
            guard let kind = [rule.kind, .metricMissing].first(where: { $0.rawValue == notification.kind }) else {
                return nil
            }
            let prefix = Alerts.Verdict.prefix(kind, rule.name, host)
            let rest = notification.subject.dropFirst(prefix.count)
            guard notification.subject.hasPrefix(prefix), rest.isEmpty || rest.hasPrefix(" ") else { return nil }
            id = notification.id
            key = Alerts.Key(rule: rule.name, thing: String(rest.dropFirst()))
            let isMissing = kind == .metricMissing
            level = isMissing ? nil : notification.severity == .critical ? .critical : .warning
            let age = Int(WallTime.now.microseconds) - notification.firstAt.microseconds
            missing = isMissing ? .microseconds(max(0, age)) : nil
        }
    }
}
