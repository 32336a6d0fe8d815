import Events
import Yams

extension Configuration {
    /// How the whole file is called in messages.
    static let rootName = "the configuration"

    static let keys = [
        "database", "host", "tasks", "slots", "reactions", "mail", "notifications", "metrics",
    ]

    /// Reads the bytes of a configuration file. `file` is its path: it is named in errors, and commands that begin with
    /// `./` or `../` start from its directory. Nothing else is read. All problems are reported at once.
    public init(yaml bytes: [UInt8], file: String) throws(ConfigurationError) {
        self.init()
        var reader = ConfigurationReader(file: file)
        guard let root = try Self.tree(bytes, file: file) else { return }
        if let section = reader.section(root, Self.rootName, keys: Self.keys) {
            read(section, &reader)
        }
        notices = reader.notices
        guard reader.problems.isEmpty else { throw ConfigurationError(reader.problems) }
    }

    private mutating func read(_ section: ConfigurationReader.Section, _ reader: inout ConfigurationReader) {
        if let node = section.node("database") {
            let expected = "a URL such as mysql://user@host:port/name"
            database = reader.value(node, "database", expected: expected) { $0.hasPrefix("mysql://") ? $0 : nil }
        }
        if let node = section.node("host") { host = reader.host(node) }
        if let node = section.node("slots") { slots = reader.slots(node) }
        if let node = section.node("tasks") {
            for entry in reader.entries(of: node, "tasks") ?? [] {
                if let type = reader.taskType(entry.keyNode, entry.value, slots: slots) { tasks[type.name] = type }
            }
        }
        for later in LaterSection.allCases {
            guard let node = section.node(later.rawValue) else { continue }
            reader.check(node, later.rawValue, later.shape)
            reader.note("\(later.rawValue) is not yet acted upon", at: section.keyNode(later.rawValue))
        }
    }

    /// The tree of the file's only document; nil when it is empty.
    private static func tree(_ bytes: [UInt8], file: String) throws(ConfigurationError) -> Node? {
        func wrong(_ message: String, line: Int = 1, column: Int = 1) -> ConfigurationError {
            ConfigurationError([ConfigurationProblem(file: file, line: line, column: column, message: message)])
        }
        guard bytes.count <= maximumBytes else { throw wrong("the file is larger than \(maximumBytes) bytes") }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw wrong("the file is not UTF-8 text") }
        do {
            // Nodes know their anchors as long as the parser lives.
            // Values are read as the text they are; the resolver that guesses at types takes a millisecond to make.
            let parser = try Parser(yaml: text, resolver: .basic)
            let root = try parser.singleRoot()
            let anchored = withExtendedLifetime(parser) { root.flatMap(firstAnchor) }
            guard let anchored else { return root }
            throw wrong(
                "anchors and aliases are not supported: write the value out", line: anchored.mark?.line ?? 1,
                column: anchored.mark?.column ?? 1)
        } catch {
            if let known = error as? ConfigurationError { throw known }
            guard let yaml = error as? YamlError else { throw wrong("\(error)") }
            let place = yaml.place(in: text)
            throw wrong(yaml.words, line: place.line, column: place.column)
        }
    }

    /// The first node with an anchor. What an alias repeats comes after it, so the search ends before it can explode.
    private static func firstAnchor(_ node: Node) -> Node? {
        if node.anchor != nil { return node }
        switch node {
        case .scalar, .alias: return nil
        case .sequence(let sequence):
            for element in sequence {
                if let found = firstAnchor(element) { return found }
            }
        case .mapping(let mapping):
            for (key, value) in mapping {
                if let found = firstAnchor(key) ?? firstAnchor(value) { return found }
            }
        }
        return nil
    }
}

extension YamlError {
    /// The problem as a person can use it.
    fileprivate var words: String {
        switch self {
        case .scanner(let context, let problem, _, _), .parser(let context, let problem, _, _),
            .composer(let context, let problem, _, _):
            "this is no YAML: " + (context.map { "\($0.text) " } ?? "") + problem
        case .duplicatedKeysInMapping(let keys, _):
            "the key \(keys.map { "'\($0)'" }.joined(separator: ", ")) is there twice"
        case .reader(let problem, _, _, _): "this is no YAML: \(problem)"
        default: "this is no YAML: \(self)"
        }
    }

    fileprivate func place(in text: String) -> (line: Int, column: Int) {
        switch self {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _):
            return (mark.line, mark.column)
        case .duplicatedKeysInMapping(_, let context): return (context.mark.line, context.mark.column)
        case .reader(_, let offset, _, _):
            let before = text.prefix(offset ?? 0)
            let line = before.count(where: \.isNewline) + 1
            let column = before.reversed().prefix { !$0.isNewline }.count + 1
            return (line, column)
        default: return (1, 1)
        }
    }
}
