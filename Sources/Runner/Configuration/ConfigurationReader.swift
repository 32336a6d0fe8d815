import Events
import YAML

/// Reads typed values from the tree of a YAML file and collects what is wrong, each with its line and column.
struct ConfigurationReader {
    let file: String
    private(set) var problems: [ConfigurationProblem] = []
    private(set) var notices: [ConfigurationProblem] = []

    init(file: String) {
        self.file = file
    }

    /// One mapping of the file whose keys are known.
    struct Section {
        /// How it is called in messages: `tasks.backup`.
        let name: String
        let node: Node
        fileprivate(set) var entries: [String: (key: Node, value: Node)] = [:]

        func has(_ key: String) -> Bool { entries[key] != nil }
        func node(_ key: String) -> Node? { entries[key]?.value }
        func keyNode(_ key: String) -> Node { entries[key]?.key ?? node }
    }

    mutating func complain(_ message: String, at node: Node?) {
        problems.append(problem(message, at: node))
    }

    mutating func note(_ message: String, at node: Node?) {
        notices.append(problem(message, at: node))
    }

    private func problem(_ message: String, at node: Node?) -> ConfigurationProblem {
        ConfigurationProblem(file: file, line: node?.place.line ?? 1, column: node?.place.column ?? 1, message: message)
    }

    /// A mapping whose keys are any text, in the order of the file. Nil, and a problem, when `node` is none.
    mutating func entries(of node: Node, _ name: String) -> [(key: String, keyNode: Node, value: Node)]? {
        guard let mapping = node.mapping else {
            complain("\(name) must be a mapping (key: value), not \(Self.kind(node))", at: node)
            return nil
        }
        var entries: [(key: String, keyNode: Node, value: Node)] = []
        for (key, value) in mapping {
            if let text = key.text {
                entries.append((text, key, value))
            } else {
                complain("\(name): a key must be a word, not \(Self.kind(key))", at: key)
            }
        }
        return entries
    }

    /// A mapping with these keys and no others. Nil, and a problem, when `node` is no mapping.
    mutating func section(_ node: Node, _ name: String, keys: [String]) -> Section? {
        guard let entries = entries(of: node, name) else { return nil }
        var section = Section(name: name, node: node)
        for entry in entries {
            guard keys.contains(entry.key) else {
                complain(Self.unknownKey(entry.key, in: name, known: keys), at: entry.keyNode)
                continue
            }
            section.entries[entry.key] = (entry.keyNode, entry.value)
        }
        return section
    }

    /// The elements of a list; nil, and a problem, when `node` is none.
    mutating func list(_ node: Node, _ name: String) -> [Node]? {
        if let list = node.list { return list }
        complain("\(name) must be a list ([a, b]), not \(Self.kind(node))", at: node)
        return nil
    }

    private static func unknownKey(_ key: String, in name: String, known: [String]) -> String {
        let place = name == Configuration.rootName ? "" : "\(name): "
        if let meant = nearest(to: key, in: known) { return "\(place)unknown key '\(key)'; did you mean '\(meant)'?" }
        return "\(place)unknown key '\(key)'; known are \(known.sorted().joined(separator: ", "))"
    }

    static func kind(_ node: Node) -> String {
        switch node.content {
        case .mapping: "a mapping"
        case .list: "a list"
        case .text(let text): text.isEmpty ? "nothing" : "'\(text)'"
        }
    }
}
