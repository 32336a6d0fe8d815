import Foundation
import Testing

/// An argument of a command, as the command tells it itself.
struct Described: Decodable {
    struct Name: Decodable {
        var kind: String
        var name: String
    }

    var kind: String
    var names: [Name]?
    var valueName: String?

    /// As it is written: `--token`, `-E`.
    var spellings: [String] { (names ?? []).map { ($0.kind == "long" ? "--" : "-") + $0.name } }
}

/// What `--experimental-dump-help` tells of a command.
private struct Dump: Decodable {
    struct Command: Decodable {
        var commandName: String
        var subcommands: [Command]?
        var arguments: [Described]?
    }

    var command: Command
}

@Suite("Wrong use of every argument")
struct EveryArgumentTests {
    /// The commands without subcommands, and what each of them takes.
    static func leaves() throws -> [(path: [String], arguments: [Described])] {
        let text = try Binary.run(["--experimental-dump-help"]).output
        let root = try JSONDecoder().decode(Dump.self, from: Data(text.utf8)).command
        func leaves(_ command: Dump.Command, _ path: [String]) -> [(path: [String], arguments: [Described])] {
            let below = (command.subcommands ?? []).filter { $0.commandName != "help" }
            guard below.isEmpty else { return below.flatMap { leaves($0, path + [$0.commandName]) } }
            return [
                (
                    path,
                    (command.arguments ?? []).filter {
                        $0.spellings.first != "--help" && $0.spellings != ["-h", "--help"]
                    }
                )
            ]
        }
        return leaves(root, [])
    }

    /// They are tried once with every command here, and by themselves elsewhere.
    static let common = ["--database", "--state-dir", "--config", "--json"]

    private func expectUsage(_ arguments: [String], _ words: String) throws {
        let answer = try Binary.run(arguments)
        #expect(answer.status == 64, "\(arguments): \(answer.error)")
        #expect(answer.output == "")
        #expect(answer.error.contains(words), "\(arguments): \(answer.error)")
        #expect(answer.error.split(separator: "\n").count == 1)
    }

    @Test("an option without its value, a flag with one, and an option that is not there are 64 for every command")
    func forms() throws {
        let leaves = try Self.leaves()
        #expect(leaves.count > 25)
        for (path, arguments) in leaves {
            // What is missing is told before what is too much.
            try expectUsage(path + ["--frobnicate"], "See 'interlock \(path.joined(separator: " ")) --help'")
            for argument in arguments {
                for spelling in argument.spellings {
                    if argument.kind == "option" {
                        try expectUsage(path + [spelling], "Missing value for '\(spelling)")
                    } else if spelling.hasPrefix("--") {
                        try expectUsage(path + [spelling + "=x"], "does not take any value")
                    }
                }
            }
        }
    }

    @Test("every option with a value, and every argument, stands in the table of wrong use")
    func table() throws {
        for (path, arguments) in try Self.leaves() {
            let lines = UsageTests.cases.map(\.arguments).filter { $0.starts(with: path) }.map {
                $0.dropFirst(path.count)
            }
            for argument in arguments
            where argument.kind != "flag" && !Self.common.contains(argument.spellings.first ?? "") {
                let isTried =
                    argument.kind == "positional"
                    ? lines.contains { $0.contains { !$0.hasPrefix("-") } }
                    : lines.contains { $0.contains(where: argument.spellings.contains) }
                #expect(isTried, "\(path.joined(separator: " ")) \(argument.spellings) \(argument.valueName ?? "")")
            }
        }
    }
}
