public import Events

/// What a request for a task comes to: everything the configuration and the request decide, and nothing else.
public struct ResolvedTask: Sendable, Equatable {
    /// The program and its arguments, each word as the program will see it.
    public var command: [String]
    /// The locks and slots it needs.
    public var locks: [Lock]
    /// The arguments for the log: defaults filled in, secret ones left out.
    public var arguments: [String: String]
    /// The secret ones, which the task finds in its environment.
    public var secrets: [String: String]
}

/// Why a request for a task is refused. The values of arguments are not told: one of them may be a secret.
public enum TaskRefusal: Error, Equatable, Sendable, CustomStringConvertible {
    case undeclaredArgument(String, declared: [String])
    case missingArgument(String)
    case patternMismatch(String, pattern: String)
    case beginsWithDash(String)
    case holdsNUL(String)
    case tooLong(String)
    case appMissing(type: String)
    case appInvalid(String)
    case lockPathInvalid(String)
    /// A key by which the runner knows its own tasks.
    case keyReserved(String)
    /// The run of a schedule: another runner was faster.
    case ranBefore

    /// What is wrong and what to do, as one sentence.
    public var description: String {
        switch self {
        case .undeclaredArgument(let name, let declared):
            declared.isEmpty
                ? "argument '\(name)' is not declared: this type takes none"
                : "argument '\(name)' is not declared: this type takes \(declared.joined(separator: ", "))"
        case .missingArgument(let name): "argument '\(name)' is missing: give --arg \(name)=…"
        case .patternMismatch(let name, let pattern): "argument '\(name)' does not match its pattern \(pattern)"
        case .beginsWithDash(let name): "argument '\(name)' begins with '-', which its type does not allow"
        case .holdsNUL(let name): "argument '\(name)' holds a NUL byte"
        case .tooLong(let name): "argument '\(name)' is longer than \(TaskType.maximumValueBytes) bytes"
        case .appMissing(let type): "'\(type)' is a task on an app: give --app ID"
        case .appInvalid(let app): "'\(app)' cannot be the id of an app: letters, digits and . _ - @ : only"
        case .lockPathInvalid(let path): "'\(path)', which the arguments lead to, is no lock path"
        case .keyReserved(let key): "the key '\(key)' is the runner's own: give another one"
        case .ranBefore: "this run of the schedule was made before"
        }
    }
}

extension TaskType {
    /// The most bytes of one argument's value.
    public static let maximumValueBytes = 4096

    /// What a request with this app and these arguments comes to, or why it is refused.
    public func resolve(app: String?, arguments given: [String: String]) throws(TaskRefusal) -> ResolvedTask {
        if let app, !isIdentifier(app) { throw .appInvalid(app) }
        if needsApp, app == nil { throw .appMissing(type: name) }
        let values = try checked(given)
        var resolved: [Lock] = []
        for template in locks { resolved.append(try lock(template, app: app, values)) }
        return ResolvedTask(
            command: command.compactMap { Self.text($0, app: app, values) },
            locks: resolved + slots.map { Lock($0, .slot) },
            arguments: values.filter { arguments[$0.key]?.secret == false },
            secrets: values.filter { arguments[$0.key]?.secret == true })
    }

    /// The values of all arguments that have one. The first problem in the order of names is told.
    private func checked(_ given: [String: String]) throws(TaskRefusal) -> [String: String] {
        for name in given.keys.sorted() where arguments[name] == nil {
            throw .undeclaredArgument(name, declared: arguments.keys.sorted())
        }
        var values: [String: String] = [:]
        for (name, argument) in arguments.sorted(by: { $0.key < $1.key }) {
            if let value = given[name] {
                try argument.check(value, name)
                values[name] = value
            } else if let value = argument.defaultValue {
                values[name] = value
            } else if argument.required {
                throw .missingArgument(name)
            }
        }
        return values
    }

    private func lock(
        _ template: LockTemplate, app: String?, _ values: [String: String]
    ) throws(TaskRefusal) -> Lock {
        // An optional argument without a value leaves its segment empty, which no lock path may hold.
        let segments = template.segments.map { Self.text($0, app: app, values) ?? "" }
        let text = "/" + segments.joined(separator: "/")
        guard let path = LockPath(text), segments.allSatisfy({ !$0.contains("/") }) else {
            throw .lockPathInvalid(text)
        }
        return Lock(path, template.mode)
    }

    /// Nil for a placeholder without a value: its word is left out.
    private static func text(_ word: Word, app: String?, _ values: [String: String]) -> String? {
        switch word {
        case .literal(let text): text
        case .app: app
        case .argument(let name): values[name]
        }
    }
}

extension TaskType.Argument {
    /// Refuses a value that this argument does not allow.
    func check(_ value: String, _ name: String) throws(TaskRefusal) {
        guard value.utf8.count <= TaskType.maximumValueBytes else { throw .tooLong(name) }
        guard !value.utf8.contains(0) else { throw .holdsNUL(name) }
        guard allowsDash || value.utf8.first != UInt8(ascii: "-") else { throw .beginsWithDash(name) }
        if let pattern, !pattern.matches(value) { throw .patternMismatch(name, pattern: pattern.text) }
    }
}
