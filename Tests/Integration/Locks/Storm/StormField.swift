import Foundation
import Glibc
import Seeds
import Testing

@testable import System

/// The processes of a storm, wherever they are by now: each carries the storm's name in its environment.
final class StormField: Sendable {
    /// One of them.
    struct Target {
        var party: String
        var program: String
        var identity: ProcessIdentity
    }

    let scratch: Scratch
    private let guardian: Interlock

    init() throws {
        scratch = try Scratch()
        try scratch.write("", to: "ledger")
        guardian = try Interlock(
            ["bash", "-c", Self.guarding, "guard", scratch.path].map { Array($0.utf8) },
            environment: ["PATH": "/usr/bin:/bin"])
    }

    /// Ends by its id whatever is left when its input ends: nothing outlives a storm, not even what is stopped, not even when
    /// the tests themselves are killed.
    private static let guarding = """
        read -r nothing
        for environment in /proc/[0-9]*/environ; do
            process=${environment//[!0-9]/}
            grep -qzxF "STORM=$1" "$environment" 2>/dev/null && kill -9 "$process" && echo "$process"
        done
        exit 0
        """

    /// What a party needs besides the site's variables.
    func environment(of party: Party) -> [String: String] {
        ["STORM": scratch.path, "LEDGER": scratch.file("ledger"), "PARTY": party.name, "LINE": ""]
    }

    /// Starts a party in the storm's directory.
    func start(_ party: Party, on site: Site) throws -> Interlock {
        for (file, script) in party.scripts { try scratch.write(script, to: file) }
        let words = ["sh", "-c", "cd \(scratch.path) && exec \(party.command)"]
        let environment = site.environment.merging(environment(of: party)) { $1 }
        return try Interlock(words.map { Array($0.utf8) }, environment: environment)
    }

    /// Everybody who lives now.
    func targets() -> [Target] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.compactMap { Int32($0) }.compactMap(target)
    }

    private func target(_ pid: Int32) -> Target? {
        // The identity first: should the number be another's by the time it is signalled, nobody is.
        guard let identity = try? ProcessIdentity.of(pid: pid),
            let environment = FileManager.default.contents(atPath: "/proc/\(pid)/environ"),
            let program = try? ProcessStatus.of(pid: pid).name
        else { return nil }
        let variables = environment.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        guard variables.contains("STORM=\(scratch.path)"),
            let party = variables.first(where: { $0.hasPrefix("PARTY=") })
        else { return nil }
        return Target(party: String(party.dropFirst("PARTY=".count)), program: program, identity: identity)
    }

    /// Adds a line to the ledger, as the parties do.
    func say(_ line: String) throws {
        let ledger = try Descriptor.open(scratch.file("ledger"), O_WRONLY | O_APPEND)
        let bytes = Array("\(line)\n".utf8)
        try #require(write(ledger.raw, bytes, bytes.count) == bytes.count)
    }

    var ledger: String { scratch.text("ledger") }

    /// Returns when the parties have said some `bytes` more, or when they seem to stand still: somebody may be stopped at the
    /// head of every queue.
    func untilGrown(_ bytes: Int) async throws {
        let target = size + bytes
        let limit = MonotonicTime.now.advanced(milliseconds: 1500)
        try await eventually("the storm goes on", in: scratch.path) {
            size >= target || MonotonicTime.now > limit ? () : nil
        }
    }

    private var size: Int {
        var status = stat()
        return stat(scratch.file("ledger"), &status) == 0 ? Int(status.st_size) : 0
    }

    /// Waits until nobody is left: those whose starter was killed end like the others.
    func untilEmpty() async throws {
        while let target = targets().first { try await ends(target.identity) }
    }

    /// Ends who is left, and returns their process ids.
    func clear() async throws -> [String] {
        try await guardian.answer().output.split(separator: "\n").map(String.init)
    }
}
