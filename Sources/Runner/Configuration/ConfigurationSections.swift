import Events
import YAML

extension ConfigurationReader {
    mutating func host(_ node: Node) -> Configuration.Host {
        var host = Configuration.Host()
        guard let section = section(node, "host", keys: ["id", "lease"]) else { return host }
        if let node = section.node("id") { host.id = identifier(node, "host.id") }
        if let lease = duration(section, "lease") {
            if lease >= .seconds(1) {
                host.lease = lease
            } else {
                complain("host.lease must be at least 1s", at: section.node("lease"))
            }
        }
        return host
    }

    mutating func slots(_ node: Node) -> [LockPath: Int] {
        var slots: [LockPath: Int] = [:]
        for entry in entries(of: node, "slots") ?? [] {
            guard let path = lockPath(entry.keyNode, "a key of slots") else { continue }
            if let capacity = number(entry.value, "slots.\(path)", 1...100_000) { slots[path] = capacity }
        }
        return slots
    }
}
