internal import Collector
import YAML

/// A program that measures something for us, and prints it in Prometheus' text format.
public struct OwnCollectorSettings: Sendable, Equatable {
    /// By which it is told of: the program's file name where nothing else is said.
    public var name: String
    /// Program and arguments. No shell reads it.
    public var command: [String]
    /// From the beginning of one run to the next.
    public var interval: Duration
    /// After which it is killed.
    public var deadline: Duration
    /// Whom it runs as; nil for the service's own user.
    public var user: String?
}

extension ConfigurationReader {
    static let collectorKeys = ["name", "command", "interval", "deadline", "user"]
    /// Collectors of one configuration.
    static let maximumCollectors = 50
    private static let usualCollectorInterval = Duration.seconds(30)
    private static let usualDeadline = Duration.seconds(10)

    /// `metrics.collectors`.
    mutating func ownCollectors(_ node: Node, _ name: String) -> [OwnCollectorSettings] {
        let nodes = list(node, name) ?? []
        if nodes.count > Self.maximumCollectors {
            complain("\(name): there are more than \(Self.maximumCollectors)", at: node)
        }
        var all: [OwnCollectorSettings] = []
        for node in nodes {
            guard let collector = ownCollector(node, "a collector of \(name)") else { continue }
            if all.contains(where: { $0.name == collector.name }) {
                complain("two of \(name) are called '\(collector.name)': give one of them another name", at: node)
            }
            all.append(collector)
        }
        return all
    }

    private mutating func ownCollector(_ node: Node, _ label: String) -> OwnCollectorSettings? {
        guard let section = section(node, label, keys: Self.collectorKeys) else { return nil }
        guard let words = section.node("command") else {
            complain("\(label) lacks command", at: node)
            return nil
        }
        let command = plainCommand(words, self.label(section, "command"))
        guard let program = command.first else { return nil }
        var name = program.split(separator: "/").last.map(String.init) ?? program
        if let node = section.node("name") { name = identifier(node, self.label(section, "name")) ?? name }
        if !isIdentifier(name) || HostMeter.collectors.contains(name) {
            complain(
                "\(label): '\(name)' is what one of the service's own is called, or no name: give it another", at: node)
        }
        let interval = duration(section, "interval") ?? Self.usualCollectorInterval
        if interval < Self.shortestInterval {
            complain("\(label): its interval must be at least 1s", at: section.node("interval"))
        }
        let deadline = duration(section, "deadline") ?? min(Self.usualDeadline, interval)
        if deadline > interval || deadline <= .zero {
            complain(
                "\(label): its deadline must be at most its interval, and more than nothing",
                at: section.node("deadline"))
        }
        return OwnCollectorSettings(
            name: name, command: command, interval: interval, deadline: deadline, user: text(section, "user"))
    }
}
