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
    /// After the database failed, and without any change.
    private static let (afterFailure, longest) = (Duration.seconds(5), Duration.seconds(3600))

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
                return state.untold
            }
            do {
                let verdicts = untold.values.sorted { ($0.key.rule, $0.key.thing) < ($1.key.rule, $1.key.thing) }
                try await Lookout(service: service).tell(verdicts.flatMap { $0.conditions(on: host) })
            } catch {
                // What has changed since is newer.
                state.withLock { $0.untold.merge(untold) { newer, _ in newer } }
                throw error
            }
            return Self.longest
        }
    }

    private func restore(_ service: Service, _ host: String) async throws {
        let open = try await service.site.log.inspect { platform, _ in Array(platform.notifications.open) }
        state.withLock { state in
            for rule in service.configuration.metrics?.alerts ?? [] {
                let raised = Alerts.Verdict.prefix(rule.kind, rule.name, host)
                let missing = Alerts.Verdict.prefix(.metricMissing, rule.name, host)
                var standings: [String: (level: AlertLevel?, isMissing: Bool)] = [:]
                for notification in open {
                    if let thing = notification.thing(rule.kind, raised) {
                        standings[thing, default: (nil, false)].level =
                            notification.severity == .critical ? .critical : .warning
                    }
                    if let thing = notification.thing(.metricMissing, missing) {
                        standings[thing, default: (nil, false)].isMissing = true
                    }
                }
                for (thing, standing) in standings {
                    state.alerts.restore(
                        Alerts.Key(rule: rule.name, thing: thing), raised: standing.level,
                        isMissing: standing.isMissing, at: .now)
                }
            }
            state.isRestored = true
        }
    }
}

extension Projections.Notification {
    /// What it is about, where it is of this kind and its subject begins so.
    fileprivate func thing(_ kind: BuiltInKind, _ prefix: String) -> String? {
        guard self.kind == kind.rawValue, subject.hasPrefix(prefix) else { return nil }
        let rest = subject.dropFirst(prefix.count)
        return rest.isEmpty ? "" : rest.hasPrefix(" ") ? String(rest.dropFirst()) : nil
    }
}
