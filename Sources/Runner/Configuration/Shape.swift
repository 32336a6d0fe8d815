import YAML

/// What a value must be like whose time comes later: it is checked so far that a slip of the pen is noticed.
indirect enum Shape: Sendable {
    case text, number, duration, size, path
    case list(Shape)
    /// A mapping with these keys.
    case mapping([String: Shape])
    /// A mapping with any keys.
    case open(Shape)
    case anything
}

extension ConfigurationReader {
    /// Reports what in `node` is not of this shape.
    mutating func check(_ node: Node, _ name: String, _ shape: Shape) {
        switch shape {
        case .anything: break
        case .text: _ = text(node, name)
        case .number: _ = number(node, name, 1...1_000_000)
        case .duration: _ = duration(node, name)
        case .size: _ = size(node, name)
        case .path: _ = value(node, name, expected: "an absolute path") { $0.hasPrefix("/") ? $0 : nil }
        case .list(let element):
            for node in list(node, name) ?? [] { check(node, "an element of \(name)", element) }
        case .open(let value):
            for entry in entries(of: node, name) ?? [] { check(entry.value, "\(name).\(entry.key)", value) }
        case .mapping(let shapes):
            guard let section = section(node, name, keys: Array(shapes.keys)) else { return }
            for (key, shape) in shapes.sorted(by: { $0.key < $1.key }) {
                if let value = section.node(key) { check(value, label(section, key), shape) }
            }
        }
    }
}
