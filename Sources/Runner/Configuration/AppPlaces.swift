import YAML

/// Where an app is found on this host; `{app}` stands for its id. The same for all of them, so that nothing is configured when one
/// comes.
public struct AppPlaces: Sendable, Equatable {
    /// The path of its cgroup below the hierarchies' mount points, without a slash in front; nil where they are found otherwise.
    public var cgroup: String?
    /// The name of its container; nil where they are in none.
    public var container: String?
    /// Its directories of which it is told how much is in them: by their labels absolute paths.
    public var directories: [String: String] = [:]
    /// Where the container engine is asked.
    public var socket = "/run/docker.sock"

    /// Nowhere.
    public init() {}
}

extension ConfigurationReader {
    static let appPlaceKeys = ["cgroup", "container", "socket", "directories"]

    /// `metrics.apps`. One way for all apps: who is found in two places could be measured by an old one.
    mutating func appPlaces(_ node: Node, _ name: String) -> AppPlaces {
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
        places.container = section.node("container").flatMap { node in
            value(node, label(section, "container"), expected: "a container's name with {app} in it, such as {app}-web")
            {
                Self.isContainerPattern($0) ? $0 : nil
            }
        }
        if let node = section.node("container"), section.node("cgroup") != nil {
            complain("\(name) has cgroup and container: say one of the two", at: node)
        }
        if let node = section.node("socket") {
            let socket = value(node, label(section, "socket"), expected: "a whole path such as /run/docker.sock") {
                $0.hasPrefix("/") ? $0 : nil
            }
            places.socket = socket ?? places.socket
            if section.node("container") == nil { complain("\(name).socket goes with container only", at: node) }
        }
        if let node = section.node("directories") {
            places.directories = directories(node, label(section, "directories"), isOfApps: true)
        }
        return places
    }

    /// Docker's names are of these letters.
    private static func isContainerPattern(_ text: String) -> Bool {
        text.contains("{app}")
            && text.replacing("{app}", with: "").utf8.allSatisfy {
                switch $0 {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}
