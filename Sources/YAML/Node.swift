/// One value of a YAML document, with its place. Every single value is the text that was written: nobody guesses at types.
public struct Node: Sendable {
    /// What stands there.
    public enum Content: Sendable {
        case text(String)
        case list([Node])
        /// In the order of the file; no key is there twice.
        case mapping([(key: Node, value: Node)])
    }

    /// What it is.
    public let content: Content
    /// Where it begins.
    public let place: Place

    /// Its text, where it is one.
    public var text: String? { if case .text(let text) = content { text } else { nil } }

    /// Its elements, where it is a list.
    public var list: [Node]? { if case .list(let elements) = content { elements } else { nil } }

    /// Its keys and values, where it is a mapping.
    public var mapping: [(key: Node, value: Node)]? { if case .mapping(let pairs) = content { pairs } else { nil } }
}

/// A place in a text; both are counted from 1, the column in characters.
public struct Place: Sendable, Equatable {
    /// The line.
    public var line = 1
    /// The character in it.
    public var column = 1
}

/// Why a text is no document that is read here.
public struct YAMLError: Error, Sendable, Equatable {
    /// The problem, for a person.
    public let message: String
    /// Where it is.
    public let place: Place
}
