import YAML

/// What a value must be like whose time comes later: it is checked so far that a slip of the pen is noticed.
indirect enum Shape: Sendable {
    case text, duration, size
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
        case .duration: _ = duration(node, name)
        case .size: _ = size(node, name)
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
