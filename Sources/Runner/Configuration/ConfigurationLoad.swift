import Events
import YAML

extension Configuration {
    /// How the whole file is called in messages.
    static let rootName = "the configuration"

    static let keys = [
        "database", "task-database", "host", "tasks", "slots", "reactions", "mail", "notifications", "metrics",
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
        database = url(section, "database", &reader)
        taskDatabase = url(section, "task-database", &reader)
        if let node = section.node("host") { host = reader.host(node) }
        if let node = section.node("slots") { slots = reader.slots(node) }
        if let node = section.node("tasks") {
            for entry in reader.entries(of: node, "tasks") ?? [] {
                if let type = reader.taskType(entry.keyNode, entry.value, slots: slots) { tasks[type.name] = type }
            }
        }
        if let node = section.node("reactions") { reactions = reader.reactions(node, tasks) }
        if let node = section.node("mail") { mail = reader.mail(section.keyNode("mail"), node, tasks) }
        if let node = section.node("notifications") {
            notifications = reader.notifications(section.keyNode("notifications"), node)
        }
        if let node = section.node("metrics") { metrics = reader.metrics(node) }
    }

    private func url(
        _ section: ConfigurationReader.Section, _ key: String, _ reader: inout ConfigurationReader
    ) -> String? {
        guard let node = section.node(key) else { return nil }
        let expected = "a URL such as mysql://user@host:port/name"
        return reader.value(node, key, expected: expected) { $0.hasPrefix("mysql://") ? $0 : nil }
    }

    /// The tree of the file's only document; nil when it is empty.
    static func tree(
        _ bytes: [UInt8], file: String, limit: Int = maximumBytes
    ) throws(ConfigurationError) -> Node? {
        func wrong(_ message: String, line: Int = 1, column: Int = 1) -> ConfigurationError {
            ConfigurationError([ConfigurationProblem(file: file, line: line, column: column, message: message)])
        }
        guard bytes.count <= limit else { throw wrong("the file is larger than \(limit) bytes") }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw wrong("the file is not UTF-8 text") }
        do throws(YAMLError) {
            return try Node.document(text)
        } catch {
            throw wrong(error.message, line: error.place.line, column: error.place.column)
        }
    }
}
