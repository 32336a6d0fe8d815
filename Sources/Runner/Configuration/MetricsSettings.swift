public import System
import YAML

/// What is measured, and to whom it is told, as the configuration has it.
public struct MetricsSettings: Sendable, Equatable {
    /// From one pass of the collectors to the next.
    public var interval: Duration = .seconds(10)
    /// Where the service answers Prometheus; nil for nowhere.
    public var prometheus: ListenAddress?
}

extension ConfigurationReader {
    static let metricsKeys = ["interval", "prometheus"] + laterMetrics.keys
    static let shortestInterval = Duration.seconds(1)

    /// Known, and not acted upon yet.
    private static let laterMetrics: [String: Shape] = [
        "graphite": .text, "history": .duration, "disk": .size,
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
        for (key, shape) in Self.laterMetrics.sorted(by: { $0.key < $1.key }) {
            guard let value = section.node(key) else { continue }
            check(value, label(section, key), shape)
            note("\(label(section, key)) is not yet acted upon", at: section.keyNode(key))
        }
        return settings
    }
}
