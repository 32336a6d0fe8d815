import ArgumentParser
import System

/// The command line: a tree of commands, each in a file of its own in the folder of its noun.
struct Interlock: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "interlock",
        abstract: "Locks, tasks and their history for the host of a self-hosting platform.",
        discussion: """
            Everything that happens is an event in one log: who asked for a lock, who held it, which task ran under it. \
            'interlock demo' shows it in a minute; 'interlock doctor' says what is missing.
            """,
        subcommands: [
            Serve.self, Demo.self, LockCommands.self, DeadlockCommands.self, Replay.self, TaskCommands.self,
            ReactionCommands.self, AppCommands.self, MailCommands.self, UserCommands.self, Notify.self,
            NotificationCommands.self, MetricsCommands.self, LogCommands.self, ProjectionCommands.self,
            SchemaCommands.self,
            ConfigCommands.self, Doctor.self,
        ])
}

/// Where the program begins, and the one place where it ends.
@main
enum Main {
    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        let status = await Interlock.execute(arguments, streams: Streams())
        Program.leave(status)
    }
}

extension Interlock {
    /// Parses and runs one command line; what is thrown becomes a line on stderr and the exit status.
    static func execute(_ arguments: [String], streams: Streams) async -> Int32 {
        do {
            var command = try parse(commandLine: arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            return ExitCode.done.rawValue
        } catch {
            return ErrorReport(error, arguments: arguments).send(to: streams)
        }
    }

    /// Like `parseAsRoot`, but hands what stands after `--` to `lock run` as it is.
    static func parse(commandLine arguments: [String]) throws -> any ParsableCommand {
        guard commandPath(arguments) == ["interlock", "lock", "run"], let end = arguments.firstIndex(of: "--") else {
            return try parsed(arguments, command: [])
        }
        return try parsed(Array(arguments[..<end]), command: Array(arguments[(end + 1)...]))
    }

    private static func parsed(_ arguments: [String], command words: [String]) throws -> any ParsableCommand {
        let command = try leaf(arguments) ?? parseAsRoot(arguments)
        guard var run = command as? LockRun else { return command }
        try run.take(command: words)
        return run
    }

    /// What the last command that is named makes of the words behind it, without the tree of all commands, which costs a
    /// millisecond. Nil where it refuses them, or is asked for help: the tree knows the words for that.
    private static func leaf(_ arguments: [String]) -> (any ParsableCommand)? {
        let path = commands(arguments)
        guard let last = path.last, last.configuration.subcommands.isEmpty,
            let command = try? last.parseAsRoot(Array(arguments.dropFirst(path.count))), type(of: command) == last
        else { return nil }
        return command
    }
}
