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
    /// Where there is something to measure of each app.
    public var apps = AppPlaces()
}

/// Where an app is found on this host; `{app}` stands for its id. The same for all of them, so that nothing is configured when one
/// comes.
public struct AppPlaces: Sendable, Equatable {
    /// The path of its cgroup below the hierarchies' mount points, without a slash in front; nil where they have none.
    public var cgroup: String?

    /// Nowhere.
    public init() {}
}

extension ConfigurationReader {
    static let metricsKeys = ["interval", "prometheus", "apps", "history", "disk"] + laterMetrics.keys
    static let appPlaceKeys = ["cgroup"]
    static let shortestInterval = Duration.seconds(1)
    static let shortestHistory = Duration.seconds(3600)
    static let smallestDisk = ByteSize(bytes: 16 << 20)

    /// Known, and not acted upon yet.
    private static let laterMetrics: [String: Shape] = [
        "graphite": .text,
        "collectors": .list(.mapping(["command": .list(.text), "interval": .duration])),
        "alerts": .list(.open(.anything)),
    ]

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
        if let apps = section.node("apps") { settings.apps = appPlaces(apps, label(section, "apps")) }
        for (key, shape) in Self.laterMetrics.sorted(by: { $0.key < $1.key }) {
            guard let value = section.node(key) else { continue }
            check(value, label(section, key), shape)
            note("\(label(section, key)) is not yet acted upon", at: section.keyNode(key))
        }
        return settings
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

    private mutating func appPlaces(_ node: Node, _ name: String) -> AppPlaces {
        var places = AppPlaces()
        guard let section = section(node, name, keys: Self.appPlaceKeys) else { return places }
        places.cgroup = section.node("cgroup").flatMap { node in
            value(
                node, label(section, "cgroup"), expected: "a path with {app} in it, such as system.slice/{app}.service"
            ) {
                let path = $0.drop { $0 == "/" }
                let parts = path.split(separator: "/", omittingEmptySubsequences: false)
                let isPath = !parts.contains { ["", ".", ".."].contains($0) }
                return isPath && path.contains("{app}") ? String(path) : nil
            }
        }
        return places
    }
}
