import Runner
import System

/// One argument of a task: `--arg NAME=VALUE` or `--arg-file NAME=PATH`.
struct TaskArgument: Equatable, Sendable {
    /// As its type declares it.
    var name: String
    /// The value, or the path.
    var value: String
}

extension TaskRequest {
    /// The values by name, those in files read. One newline at a file's end, which editors and `echo` leave, is not part
    /// of the value.
    func values() throws -> [String: String] {
        var values = Dictionary(arguments.map { ($0.name, $0.value) }) { first, _ in first }
        for file in files { values[file.name] = try Self.text(of: file) }
        return values
    }

    private static func text(of file: TaskArgument) throws -> String {
        let limit = TaskType.maximumValueBytes + 2
        var bytes: [UInt8]
        do {
            bytes =
                try file.value == "-" ? readStandardInput(limit: limit) : readFile(file.value, limit: limit)
        } catch {
            guard error.code == .notFound else { throw error }
            throw CommandFailure(
                .noSuchThing, code: "no-such-file", "the file of argument '\(file.name)', \(file.value), is not there",
                hint: "Give its path, or - for standard input")
        }
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CommandFailure.usage("the file of argument '\(file.name)' is not text in UTF-8")
        }
        return text
    }

    /// A secret on the command line was seen by whoever looked: it is said, and done.
    func warnOfSecrets(_ type: TaskType, _ context: Context) {
        guard !context.json else { return }
        for argument in arguments where type.arguments[argument.name]?.secret == true {
            context.streams.error(
                "interlock: argument '\(argument.name)' is secret, but a command line is seen by everybody on the host: "
                    + "give it with --arg-file \(argument.name)=PATH, or \(argument.name)=- for standard input")
        }
    }
}
