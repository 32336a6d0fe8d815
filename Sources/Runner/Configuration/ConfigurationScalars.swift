import Events
import YAML

/// Single values: each function answers nil, and reports a problem, when the value is not of its kind.
extension ConfigurationReader {
    /// The most bytes of a single value: what is longer is no setting.
    static let maximumScalarBytes = 4096

    /// Any text that is not empty.
    mutating func text(_ node: Node, _ name: String) -> String? {
        guard let text = node.text, !text.isEmpty else {
            complain("\(name) must be a text, not \(Self.kind(node))", at: node)
            return nil
        }
        guard text.utf8.count <= Self.maximumScalarBytes, !text.utf8.contains(0) else {
            complain("\(name) is longer than \(Self.maximumScalarBytes) bytes or holds a NUL", at: node)
            return nil
        }
        return text
    }

    /// A value that `parse` accepts; `expected` says what it is like.
    mutating func value<Value>(
        _ node: Node, _ name: String, expected: String, _ parse: (String) -> Value?
    ) -> Value? {
        if let text = node.text, !text.isEmpty, let value = parse(text) { return value }
        complain("\(name) must be \(expected), not \(Self.kind(node))", at: node)
        return nil
    }

    mutating func flag(_ node: Node, _ name: String) -> Bool? {
        value(node, name, expected: "true or false") { Bool($0) }
    }

    mutating func number(_ node: Node, _ name: String, _ range: ClosedRange<Int>) -> Int? {
        let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        return value(node, name, expected: expected) { text in Int(text).flatMap { range.contains($0) ? $0 : nil } }
    }

    mutating func duration(_ node: Node, _ name: String) -> Duration? {
        value(node, name, expected: "a duration such as 250ms, 30s, 5m or 2h") { Duration(written: $0) }
    }

    mutating func size(_ node: Node, _ name: String) -> ByteSize? {
        value(node, name, expected: "a size such as 512M or 2G") { ByteSize(written: $0) }
    }

    /// A name that can be a segment of a lock path and a word on a command line.
    mutating func identifier(_ node: Node, _ name: String) -> String? {
        value(node, name, expected: "a name of letters, digits and . _ - @ : (not beginning with -)") { text in
            isIdentifier(text) ? text : nil
        }
    }

    mutating func lockPath(_ node: Node, _ name: String) -> LockPath? {
        value(node, name, expected: "a lock path such as /app/blog") { LockPath($0) }
    }
}

/// True for what can name an app, a task type or an argument.
func isIdentifier(_ text: String) -> Bool {
    !text.isEmpty && !text.contains("/") && !text.hasPrefix("-") && LockPath("/" + text) != nil
}

/// Values of a section by their key; nil when the key is not there.
extension ConfigurationReader {
    mutating func text(_ section: Section, _ key: String) -> String? {
        section.node(key).flatMap { text($0, label(section, key)) }
    }

    mutating func flag(_ section: Section, _ key: String, default value: Bool) -> Bool {
        section.node(key).flatMap { flag($0, label(section, key)) } ?? value
    }

    mutating func number(_ section: Section, _ key: String, _ range: ClosedRange<Int>) -> Int? {
        section.node(key).flatMap { number($0, label(section, key), range) }
    }

    mutating func duration(_ section: Section, _ key: String) -> Duration? {
        section.node(key).flatMap { duration($0, label(section, key)) }
    }

    mutating func size(_ section: Section, _ key: String) -> ByteSize? {
        section.node(key).flatMap { size($0, label(section, key)) }
    }

    func label(_ section: Section, _ key: String) -> String {
        section.name.isEmpty ? key : "\(section.name).\(key)"
    }
}
