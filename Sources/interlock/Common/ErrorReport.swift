import ArgumentParser
import Events
import Projections

/// What a thrown error becomes: a line on stderr (or one JSON object) and an exit status.
struct ErrorReport {
    var status: Int32
    /// Goes to stdout: the answer to `--help`.
    var output = ""
    /// Goes to stderr, as one line.
    var complaint: String?

    init(_ error: any Error, arguments: [String]) {
        if let exit = error as? CommandExit {
            status = exit.status
            return
        }
        let failure: CommandFailure
        if let known = CommandFailure(known: error) {
            failure = known
        } else {
            let code = Interlock.exitCode(for: error)
            let text = Interlock.fullMessage(for: error)
            guard !code.isSuccess else {
                status = ExitCode.done.rawValue
                output = text + "\n"
                return
            }
            failure = Self.failure(for: error, code: code, arguments: arguments)
        }
        status = failure.exit.rawValue
        let wantsJSON = arguments.prefix { $0 != "--" }.contains("--json")
        complaint = wantsJSON ? Self.json(failure) : Self.line(failure)
    }

    private static func failure(
        for error: any Error, code: ArgumentParser.ExitCode, arguments: [String]
    ) -> CommandFailure {
        let message = Interlock.message(for: error)
        guard code == .validationFailure else {
            return CommandFailure(.failed, code: "failed", message.isEmpty ? "\(error)" : message)
        }
        let command = Interlock.commandPath(arguments).joined(separator: " ")
        return .usage(shortened(message, arguments), hint: "See '\(command) --help'")
    }

    /// The parser repeats a value that it refuses; a long one buries what is wrong with it.
    private static func shortened(_ message: String, _ arguments: [String]) -> String {
        arguments.filter { $0.count > maximumQuoted }.reduce(message) { message, value in
            message.replacing(value, with: value.prefix(maximumQuoted) + "…")
        }
    }

    private static let maximumQuoted = 60

    /// `interlock: what happened. What to do`: always one line, whatever the texts hold.
    static func line(_ failure: CommandFailure) -> String {
        var text = "interlock: \(failure.message)"
        if let hint = failure.hint {
            let isSentence = [".", "?", "!"].contains { text.hasSuffix($0) }
            text += isSentence ? " \(hint)" : ". \(hint)"
        }
        return oneLine(text)
    }

    static func json(_ failure: CommandFailure) -> String {
        var writer = JSONWriter()
        writer.object {
            $0.key("error")
            $0.object {
                $0.field("code", failure.code)
                $0.field("hint", failure.hint)
                $0.field("message", failure.message)
            }
        }
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// Writes both texts and returns the exit status.
    func send(to streams: Streams) -> Int32 {
        streams.output(output)
        if let complaint { streams.error(complaint) }
        return status
    }
}

extension Interlock {
    /// The names of the command that `arguments` lead to: `["interlock", "lock", "run"]`.
    static func commandPath(_ arguments: [String]) -> [String] {
        ["interlock"] + arguments.prefix(commands(arguments).count)
    }

    /// The commands that the first words name, from the noun on.
    static func commands(_ arguments: [String]) -> [any ParsableCommand.Type] {
        var path: [any ParsableCommand.Type] = []
        for argument in arguments {
            let known = (path.last ?? Interlock.self).configuration.subcommands
            guard let next = known.first(where: { $0._commandName == argument }) else { break }
            path.append(next)
        }
        return path
    }
}
