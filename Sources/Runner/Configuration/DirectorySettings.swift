import YAML

extension ConfigurationReader {
    /// Directories of the host, and of each app.
    static let maximumDirectories = 20

    /// `metrics.directories`, and those of `metrics.apps`: labels and paths.
    mutating func directories(_ node: Node, _ name: String, isOfApps: Bool = false) -> [String: String] {
        let entries = entries(of: node, name) ?? []
        if entries.count > Self.maximumDirectories {
            complain("\(name): there are more than \(Self.maximumDirectories)", at: node)
        }
        var directories: [String: String] = [:]
        for entry in entries.prefix(Self.maximumDirectories) {
            guard let label = identifier(entry.keyNode, "a key of \(name)") else { continue }
            let expected =
                isOfApps ? "an absolute path with {app} in it, such as /srv/{app}/data" : "an absolute path"
            directories[label] = value(entry.value, "\(name).\(label)", expected: expected) { path in
                let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
                let isPath = path == "/" || !parts.contains { ["", ".", ".."].contains($0) }
                return path.hasPrefix("/") && isPath && path.contains("{app}") == isOfApps ? path : nil
            }
        }
        return directories
    }
}
