import Events
import YAML

/// What `{…}` makes of a word.
enum Placeholder: Equatable {
    /// No placeholder in it.
    case none
    /// The whole word is `{name}`.
    case placeholder(String)
    /// `{name}` is a part of the word.
    case part(String)
}

/// Finds `{name}` in a word; braces around anything that is no name are just braces.
func placeholder(_ word: String) -> Placeholder {
    var rest = word[...]
    while let open = rest.firstIndex(of: "{") {
        let inner = rest[rest.index(after: open)...]
        let name = inner.prefix { $0 != "}" && $0 != "{" }
        if name.endIndex < inner.endIndex, inner[name.endIndex] == "}", isIdentifier(String(name)) {
            return name.count + 2 == word.count ? .placeholder(String(name)) : .part(String(name))
        }
        rest = inner
    }
    return .none
}

extension ConfigurationReader {
    /// The word of a command or the segment of a path; nil, and a problem, for a placeholder that stands for nothing.
    mutating func word(
        _ text: String, in name: String, _ arguments: [String: TaskType.Argument], at node: Node
    ) -> TaskType.Word? {
        switch placeholder(text) {
        case .none: return .literal(text)
        case .placeholder("app"): return .app
        case .placeholder(let key):
            guard arguments[key] == nil else { return .argument(key) }
            let known = arguments.keys.sorted() + ["app"]
            let meant = nearest(to: key, in: known).map { "; did you mean {\($0)}?" } ?? ""
            complain("{\(key)} in \(name) is no declared argument\(meant)", at: node)
        case .part(let key):
            complain("{\(key)} in '\(text)' must be a word of its own: only whole words are replaced", at: node)
        }
        return nil
    }
}
