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
    /// After the database failed; and after which all that is raised is looked at, were it that its notification is not open.
    private static let (afterFailure, longest) = (Duration.seconds(5), Duration.seconds(300))

    /// Goes by these rules from now on.
    func change(to rules: [AlertRule]) { tell { $0.change(to: rules) } }

    /// An app was removed.
    func end(app: String) { tell { $0.end(app: app) } }

    /// Takes what was measured. Does not block.
    func take(_ readings: Readings) {
        guard state.withLock(\.isRestored) else { return }
        tell { $0.take(readings, at: .now) }
    }

    private func tell(_ body: (inout Alerts) -> [Alerts.Verdict]) {
        if state.withLock({ $0.take(body(&$0.alerts)) }) { waker.wake() }
    }

    func run(_ service: Service) async throws {
        let host = service.site.site.host
        try await service.look(at: "the alerts", waker, shortest: .zero, afterFailure: Self.afterFailure) {
            if !state.withLock(\.isRestored) { try await restore(service, host) }
            let untold = state.withLock { state in
                defer { state.untold = [:] }
                let open = state.alerts.open.map { ($0.key, $0) }
                return state.untold.merging(open) { _, newer in newer }
            }
            do {
                for (_, verdict) in untold.sorted(by: { $0.key < $1.key }) { try await tell(verdict, service, host) }
            } catch {
                // What has changed since is newer.
                state.withLock { $0.untold.merge(untold) { newer, _ in newer } }
                throw error
            }
            return Self.longest
        }
    }

    /// One that cannot be told holds up no other.
    private func tell(_ verdict: Alerts.Verdict, _ service: Service, _ host: String) async throws {
        do {
            try await Lookout(service: service).tell(verdict.conditions(on: host))
        } catch let refusal as Refusal {
            service.logger.error("the alert '\(verdict.key.rule)' of \(verdict.key.thing) cannot be told: \(refusal)")
        }
    }

    /// Takes over how things stood. What is open by a rule that is no more is over.
    private func restore(_ service: Service, _ host: String) async throws {
        let (open, apps) = try await service.site.log.inspect { platform, _ in
            (Array(platform.notifications.open), Set(platform.apps.all.map(\.id)))
        }
        let rules = service.configuration.metrics?.alerts ?? []
        let standings = rules.flatMap { rule in open.compactMap { Standing($0, of: rule, on: host) } }
            .filter { $0.key.app.map(apps.contains) ?? true }
        let known = Set(standings.map(\.id))
        let gone = open.filter { Self.isAlert($0, on: host) && !known.contains($0.id) }.compactMap { notification in
            BuiltInKind(rawValue: notification.kind).map {
                Lookout.Condition(kind: $0, subject: notification.subject, finding: nil)
            }
        }
        try await Lookout(service: service).tell(gone)
        state.withLock { state in
            for (key, standings) in Dictionary(grouping: standings, by: \.key) {
                state.alerts.restore(
                    key, raised: standings.compactMap(\.level).max(), isMissing: standings.contains(where: \.isMissing),
                    at: .now)
            }
            state.isRestored = true
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
        var isMissing: Bool { level == nil }

        init?(_ notification: Projections.Notification, of rule: AlertRule, on host: String) {
            guard let kind = [rule.kind, .metricMissing].first(where: { $0.rawValue == notification.kind }) else {
                return nil
            }
            let prefix = Alerts.Verdict.prefix(kind, rule.name, host)
            let rest = notification.subject.dropFirst(prefix.count)
            guard notification.subject.hasPrefix(prefix), rest.isEmpty || rest.hasPrefix(" ") else { return nil }
            id = notification.id
            key = Alerts.Key(rule: rule.name, thing: String(rest.dropFirst()))
            level = kind == .metricMissing ? nil : notification.severity == .critical ? .critical : .warning
        }
    }
}
