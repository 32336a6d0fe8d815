import ArgumentParser
import Foundation
import Testing

@testable import interlock

/// The help of every command is kept in `Help/`: who changes the command line sees it in the diff.
/// `INTERLOCK_RECORD=1 swift test --filter HelpTests` writes the files anew.
@Suite("The help of a command")
struct HelpTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Help")

    /// Every command by its path, groups included.
    static let commands = paths(of: Interlock.self, ["interlock"])

    static func paths(of command: any ParsableCommand.Type, _ path: [String]) -> [[String]] {
        [path] + command.configuration.subcommands.flatMap { paths(of: $0, path + [$0._commandName]) }
    }

    @Test("is what it was", arguments: commands)
    func golden(path: [String]) throws {
        let answer = try Binary.run(path.dropFirst() + ["--help"])
        #expect(answer.status == 0)
        #expect(answer.error == "")
        let file = Self.folder.appendingPathComponent(path.joined(separator: "-") + ".txt")
        if ProcessInfo.processInfo.environment["INTERLOCK_RECORD"] == "1" {
            try answer.output.write(to: file, atomically: true, encoding: .utf8)
        }
        let kept = try String(contentsOf: file, encoding: .utf8)
        #expect(answer.output == kept, "\(path.joined(separator: " ")) --help differs from \(file.lastPathComponent)")
    }

    @Test("is kept for no command that is not there")
    func noOrphans() throws {
        let kept = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        let wanted = Self.commands.map { $0.joined(separator: "-") + ".txt" }
        #expect(Set(kept) == Set(wanted))
    }

    @Test("ends in a sentence that says what the command does", arguments: commands)
    func abstracts(path: [String]) throws {
        let first = try Binary.run(path.dropFirst() + ["--help"]).output.split(separator: "\n\n").first
        #expect(first?.hasPrefix("OVERVIEW: ") == true)
        #expect(first?.hasSuffix(".") == true)
    }
}
