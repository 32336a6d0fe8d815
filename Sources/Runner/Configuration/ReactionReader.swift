import Events
import YAML

extension ConfigurationReader {
    static let reactionKeys = ["name", "on", "where", "start", "app", "arguments", "from"]

    mutating func reactions(_ node: Node, _ tasks: [String: TaskType]) -> [Reaction] {
        var reactions: [Reaction] = []
        let elements = list(node, "reactions") ?? []
        if elements.count > Reaction.maximumCount {
            complain("there are at most \(Reaction.maximumCount) reactions", at: node)
        }
        for element in elements {
            guard let reaction = reaction(element, tasks) else { continue }
            if reactions.contains(where: { $0.name == reaction.name }) {
                complain("a reaction '\(reaction.name)' is there already", at: element)
            }
            reactions.append(reaction)
        }
        return reactions
    }

    private mutating func reaction(_ node: Node, _ tasks: [String: TaskType]) -> Reaction? {
        guard let section = section(node, "an element of reactions", keys: Self.reactionKeys) else { return nil }
        for key in ["name", "on", "start"] where !section.has(key) { complain("the reaction has no \(key)", at: node) }
        guard let nameNode = section.node("name"), let name = identifier(nameNode, "the name of a reaction"),
            let onNode = section.node("on"), let kind = kind(onNode, "reaction \(name): on"),
            let startNode = section.node("start"), let type = type(startNode, "reaction \(name): start", tasks)
        else { return nil }
        if name.utf8.count > Reaction.maximumNameBytes {
            complain("the name of a reaction has at most \(Reaction.maximumNameBytes) bytes", at: nameNode)
        }
        var reaction = Reaction(
            name: name, on: kind, conditions: [:], start: type.name, app: nil, arguments: [:], from: .head)
        if let node = section.node("where") {
            for entry in entries(of: node, "reaction \(name): where") ?? [] {
                reaction.conditions[entry.key] = text(entry.value, "reaction \(name): where.\(entry.key)")
            }
        }
        if let node = section.node("app") { reaction.app = value(node, "reaction \(name): app") }
        if type.needsApp, reaction.app == nil {
            complain("\(type.name) is a task on an app: name it with app, as in app: \"{app}\"", at: startNode)
        }
        readArguments(of: &reaction, section, type)
        if let node = section.node("from") {
            reaction.from =
                self.value(node, "reaction \(name): from", expected: "head, start or a position") { text in
                    switch text {
                    case "head": .head
                    case "start": .start
                    default: Int(text).flatMap { $0 >= 0 ? .position($0) : nil }
                    }
                } ?? .head
        }
        return reaction
    }

    private mutating func kind(_ node: Node, _ name: String) -> Event.Kind? {
        known(node, name, "event of type", in: Event.Kind.allCases.map(\.rawValue)).flatMap(Event.Kind.init)
    }

    private mutating func type(_ node: Node, _ name: String, _ tasks: [String: TaskType]) -> TaskType? {
        known(node, name, "task type", in: tasks.keys.sorted()).flatMap { tasks[$0] }
    }

    /// One of these names; nil, and a problem that names the nearest, for any other.
    private mutating func known(_ node: Node, _ name: String, _ noun: String, in names: [String]) -> String? {
        guard let text = text(node, name) else { return nil }
        if names.contains(text) { return text }
        let meant = nearest(to: text, in: names).map { "; did you mean '\($0)'?" } ?? ""
        complain("\(name): there is no \(noun) '\(text)'\(meant)", at: node)
        return nil
    }

    private mutating func readArguments(of reaction: inout Reaction, _ section: Section, _ type: TaskType) {
        let label = "reaction \(reaction.name): arguments"
        if let node = section.node("arguments") {
            for entry in entries(of: node, label) ?? [] {
                guard let argument = type.arguments[entry.key] else {
                    complain("\(label): \(type.name) takes no argument '\(entry.key)'", at: entry.keyNode)
                    continue
                }
                if argument.secret {
                    complain("\(label): '\(entry.key)' is secret, and events are not", at: entry.keyNode)
                }
                guard let value = value(entry.value, "\(label).\(entry.key)") else { continue }
                if case .literal(let text) = value {
                    do { try argument.check(text, entry.key) } catch { complain("\(label): \(error)", at: entry.value) }
                }
                reaction.arguments[entry.key] = value
            }
        }
        for (name, argument) in type.arguments.sorted(by: { $0.key < $1.key })
        where argument.required && reaction.arguments[name] == nil {
            complain("\(label): \(type.name) needs '\(name)'", at: section.node)
        }
    }

    /// A word, or `{field}` for that of the event.
    private mutating func value(_ node: Node, _ name: String) -> Reaction.Value? {
        guard let text = text(node, name) else { return nil }
        switch placeholder(text) {
        case .none: return .literal(text)
        case .placeholder(let field): return .field(field)
        case .part(let field):
            complain("{\(field)} in '\(text)' must be a word of its own: only whole words are replaced", at: node)
            return nil
        }
    }
}
