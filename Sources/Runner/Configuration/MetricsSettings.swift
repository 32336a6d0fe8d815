public import Collector
public import System
import YAML

/// What is measured, and to whom it is told, as the configuration has it.
public struct MetricsSettings: Sendable, Equatable {
    /// From one pass of the collectors to the next.
    public var interval: Duration = .seconds(10)
    /// Where the service answers Prometheus; nil for nowhere.
    public var prometheus: ListenAddress?
    /// How far the history reaches back.
    public var history: Duration = .seconds(30 * 86_400)
    /// What the history of this host may take in the database.
    public var disk = ByteSize(bytes: 200 << 20)
    /// Directories of the host's of which it is told how much is in them: by their labels absolute paths.
    public var directories: [String: String] = [:]
    /// Where there is something to measure of each app.
    public var apps = AppPlaces()
    /// What people are told of.
    public var alerts = AlertRule.builtIn
    /// Programs that measure more.
    public var collectors: [OwnCollectorSettings] = []
    /// The carbon that gets it; nil for none.
    public var graphite: GraphiteSettings?
}

/// Which carbon gets what is measured, and below which name.
public struct GraphiteSettings: Sendable, Equatable {
    /// Its plaintext port.
    public var server: ServerAddress
    /// What stands before each name; nil for `collectd.` and the host's name.
    public var prefix: String?
}

extension ConfigurationReader {
    static let metricsKeys = [
        "interval", "prometheus", "directories", "apps", "graphite", "history", "disk", "collectors", "alerts",
    ]
    static let graphiteKeys = ["server", "prefix"]
    static let shortestInterval = Duration.seconds(1)
    static let shortestHistory = Duration.seconds(3600)
    static let smallestDisk = ByteSize(bytes: 16 << 20)

    /// The section `metrics`.
    mutating func metrics(_ node: Node) -> MetricsSettings? {
        guard let section = section(node, "metrics", keys: Self.metricsKeys) else { return nil }
        var settings = MetricsSettings()
        if let interval = duration(section, "interval") {
            settings.interval = interval
            if interval < Self.shortestInterval {
                complain("metrics.interval must be at least 1s", at: section.node("interval"))
            }
        }
        settings.prometheus = section.node("prometheus").flatMap {
            value($0, label(section, "prometheus"), expected: "an address and a port such as 127.0.0.1:9121") {
                ListenAddress(written: $0)
            }
        }
        keepHistory(section, &settings)
        if let node = section.node("directories") {
            settings.directories = directories(node, label(section, "directories"))
        }
        if let apps = section.node("apps") { settings.apps = appPlaces(apps, label(section, "apps")) }
        if let alerts = section.node("alerts") { settings.alerts = self.alerts(alerts, label(section, "alerts")) }
        if let collectors = section.node("collectors") {
            settings.collectors = ownCollectors(collectors, label(section, "collectors"))
        }
        settings.graphite = section.node("graphite").flatMap { graphite($0, label(section, "graphite")) }
        noteUnmeasured(settings, at: section.node("alerts"))
        return settings
    }

    /// An address, or a section with it.
    private mutating func graphite(_ node: Node, _ name: String) -> GraphiteSettings? {
        guard node.mapping != nil else { return carbon(node, name).map { GraphiteSettings(server: $0) } }
        guard let section = section(node, name, keys: Self.graphiteKeys) else { return nil }
        guard let server = section.node("server") else {
            complain("\(name) lacks server", at: node)
            return nil
        }
        let prefix = section.node("prefix").flatMap {
            value($0, label(section, "prefix"), expected: "parts of letters, digits and _ - with dots between them") {
                GraphiteNames.isPrefix($0) ? $0 : nil
            }
        }
        return carbon(server, label(section, "server")).map { GraphiteSettings(server: $0, prefix: prefix) }
    }

    private mutating func carbon(_ node: Node, _ name: String) -> ServerAddress? {
        value(node, name, expected: "a name or an address and a port such as 127.0.0.1:2003") {
            ServerAddress(written: $0)
        }
    }

    private mutating func keepHistory(_ section: Section, _ settings: inout MetricsSettings) {
        if let history = duration(section, "history") {
            settings.history = history
            if history < Self.shortestHistory {
                complain("metrics.history must be at least 1h", at: section.node("history"))
            }
        }
        guard let disk = size(section, "disk") else { return }
        settings.disk = disk
        if disk < Self.smallestDisk { complain("metrics.disk must be at least 16M", at: section.node("disk")) }
    }
}
