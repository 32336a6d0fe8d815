import Events
import YAML

/// The parts of a task type that hold placeholders.
extension ConfigurationReader {
    mutating func arguments(_ node: Node, _ name: String) -> [String: TaskType.Argument] {
        var arguments: [String: TaskType.Argument] = [:]
        var variables: [String: String] = [:]
        for entry in entries(of: node, name) ?? [] {
            guard let key = identifier(entry.keyNode, "the name of an argument") else { continue }
            guard key != "app" else {
                complain("{app} is the app of the request; call this argument something else", at: entry.keyNode)
                continue
            }
            let argument = argument(entry.value, "\(name).\(key)")
            arguments[key] = argument
            let variable = TaskType.variable(ofSecret: key)
            if argument.secret, let other = variables.updateValue(key, forKey: variable) {
                complain("\(key) and \(other) would both be \(variable): rename one", at: entry.keyNode)
            }
        }
        return arguments
    }

    private mutating func argument(_ node: Node, _ name: String) -> TaskType.Argument {
        var argument = TaskType.Argument()
        let keys = ["pattern", "required", "secret", "allow-dash", "default"]
        guard let section = section(node, name, keys: keys) else { return argument }
        argument.required = flag(section, "required", default: false)
        argument.secret = flag(section, "secret", default: false)
        argument.allowsDash = flag(section, "allow-dash", default: false)
        if let pattern = text(section, "pattern") {
            do {
                argument.pattern = try ArgumentPattern(pattern)
            } catch {
                complain("\(label(section, "pattern")): \(error)", at: section.node("pattern"))
            }
        }
        guard let text = text(section, "default") else { return argument }
        if argument.required { complain("\(name) is required and has a default", at: section.keyNode("default")) }
        do {
            try argument.check(text, "default")
            argument.defaultValue = text
        } catch {
            complain("\(name): \(error)", at: section.node("default"))
        }
        return argument
    }

    mutating func command(_ node: Node, _ name: String, _ arguments: [String: TaskType.Argument]) -> [TaskType.Word] {
        guard let elements = list(node, name) else { return [] }
        guard let program = elements.first, elements.count <= Self.maximumCommandWords else {
            complain("\(name) must have 1 to \(Self.maximumCommandWords) words, the program first", at: node)
            return []
        }
        guard let path = text(program, "the program of \(name)") else { return [] }
        if case .placeholder = placeholder(path) {
            complain("the program of \(name) must stand in the configuration, not in the request", at: program)
            return []
        }
        var words: [TaskType.Word] = [.literal(programPath(path))]
        for element in elements.dropFirst() {
            // An empty word is a word like any other.
            guard let text = element.text, !text.utf8.contains(0), text.utf8.count <= 131_071 else {
                complain("an element of \(name) must be a text, not \(Self.kind(element))", at: element)
                continue
            }
            guard let word = word(text, in: name, arguments, at: element) else { continue }
            if case .argument(let key) = word, arguments[key]?.secret == true {
                let variable = TaskType.variable(ofSecret: key)
                complain(
                    "{\(key)} is secret, and a command line is seen by everybody on the host: leave it out, the task "
                        + "finds it in its environment as \(variable)", at: element)
            }
            words.append(word)
        }
        return words
    }

    /// A relative path (one with a slash in it) starts from the directory of the configuration file.
    private func programPath(_ path: String) -> String {
        guard path.contains("/"), !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
        return String(file[...slash] + (path.hasPrefix("./") ? path.dropFirst(2) : path[...]))
    }

    mutating func locks(
        _ node: Node, _ name: String, _ arguments: [String: TaskType.Argument]
    ) -> [TaskType.LockTemplate] {
        var templates: [TaskType.LockTemplate] = []
        for element in list(node, name) ?? [] {
            guard let template = lock(element, "an element of \(name)", arguments) else { continue }
            if templates.contains(where: { $0.segments == template.segments }) {
                complain("this path is named twice", at: element)
            }
            templates.append(template)
        }
        return templates
    }

    private mutating func lock(
        _ node: Node, _ name: String, _ arguments: [String: TaskType.Argument]
    ) -> TaskType.LockTemplate? {
        guard node.mapping != nil else {
            return template(node, name, .exclusive, arguments)
        }
        guard let section = section(node, name, keys: ["path", "mode"]) else { return nil }
        guard let path = section.node("path") else {
            complain("\(name) has no path", at: node)
            return nil
        }
        var mode = LockMode.exclusive
        if let node = section.node("mode") {
            mode =
                value(node, label(section, "mode"), expected: "exclusive or shared") {
                    LockMode(rawValue: $0).flatMap { $0 == .slot ? nil : $0 }
                } ?? .exclusive
        }
        return template(path, name, mode, arguments)
    }

    private mutating func template(
        _ node: Node, _ name: String, _ mode: LockMode, _ arguments: [String: TaskType.Argument]
    ) -> TaskType.LockTemplate? {
        guard let text = text(node, name) else { return nil }
        guard text != "/" else { return TaskType.LockTemplate(segments: [], mode: mode) }
        guard text.hasPrefix("/") else {
            complain("\(name) must be a lock path such as /app/{app}, not '\(text)'", at: node)
            return nil
        }
        var words: [TaskType.Word] = []
        for segment in text.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard let word = word(String(segment), in: name, arguments, at: node) else { return nil }
            if case .argument(let key) = word, let argument = arguments[key] {
                if argument.secret { complain("{\(key)} is secret, and locks are in the log", at: node) }
                if !argument.required, argument.defaultValue == nil {
                    complain(
                        "{\(key)} may be missing, and the lock with it: make it required or give a default", at: node)
                }
            }
            words.append(word)
        }
        let sample = words.map { if case .literal(let text) = $0 { text } else { "x" } }.joined(separator: "/")
        guard LockPath("/" + sample) != nil else {
            complain("\(name) must be a lock path such as /app/{app}, not '\(text)'", at: node)
            return nil
        }
        return TaskType.LockTemplate(segments: words, mode: mode)
    }
}
