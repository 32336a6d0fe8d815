import Foundation
import Glibc
import LogChecking
import MySQL
import ServerTesting
import Synchronization
import Testing

@testable import System

/// A place of its own: an empty database on the shared scratch server, a state directory, a configuration. Whether a runner
/// serves it is another matter.
final class Site: Sendable {
    let scratch: Scratch
    /// Its URL; nil for the private database of the state directory.
    let database: String?
    /// All names have as many digits: sorted they are in the order in which they were given.
    private let counter = Mutex(1000)
    private let name = Mutex<String?>(nil)

    init(database: String?, configuration: String) throws {
        scratch = try Scratch()
        self.database = database
        try scratch.write(configuration, to: "interlock.yaml")
    }

    static func make(configuration: String = "") async throws -> Site {
        try Site(
            database: try await ScratchServer.shared().createDatabase().url,
            configuration: "host: { id: h1 }\n" + configuration)
    }

    var stateDirectory: String { scratch.file("state") }
    var socket: String { "\(stateDirectory)/database/socket" }

    /// The environment of its commands.
    var environment: [String: String] {
        var variables = [
            "PATH": "\(Built.directory):/usr/bin:/bin", "HOME": scratch.path, "DIR": scratch.path,
            "INTERLOCK_STATE_DIR": stateDirectory, "INTERLOCK_CONFIG": scratch.file("interlock.yaml"),
        ]
        variables["INTERLOCK_DATABASE"] = database
        return variables
    }

    /// Starts a command of interlock.
    func start(_ arguments: [String], _ changes: [String: String] = [:]) throws -> Interlock {
        try Interlock(
            ([Built.interlock] + arguments).map { Array($0.utf8) },
            environment: environment.merging(changes) { $1 }.filter { $0.value != Self.unset })
    }

    /// Takes a variable out of the environment.
    static let unset = "\u{1}"

    func run(_ arguments: String..., environment: [String: String] = [:]) async throws -> Answer {
        try await start(arguments, environment).answer()
    }

    /// A command with `--json` that must succeed.
    func json(_ arguments: String...) async throws -> JSON {
        let answer = try await start(arguments + ["--json"]).answer()
        try #require(answer.status == 0, "\(arguments): \(answer.error)")
        return try answer.json
    }

    /// A lock path that nobody has used.
    func path() -> String {
        counter.withLock { counter in
            counter += 1
            return "/p\(counter)"
        }
    }

    /// What `look` finds; looked at again after every commit.
    func eventually<Found>(
        _ what: String, within patience: Duration = patience, _ look: () async throws -> Found?
    ) async throws -> Found {
        let number = path().dropFirst()
        let hint = try HintSocket(at: "/tmp/interlock-\(try await databaseID())/followers/test-\(number)")
        let deadline = MonotonicTime.now.advanced(by: patience)
        while true {
            if let found = try await look() { return found }
            guard MonotonicTime.now < deadline else { throw NeverHappened(what: what) }
            _ = try await hint.wait(timeout: .milliseconds(250))
        }
    }

    private func databaseID() async throws -> String {
        if let known = name.withLock({ $0 }) { return known }
        let session = try await run("lock", "run", "/probe", "--", "sh", "-c", "echo $INTERLOCK_SESSION").output
        let id = try #require(session.split(separator: "-").first.map(String.init))
        name.withLock { $0 = id }
        return id
    }

    /// What the checker says of the exported log; nil when all is as it must be.
    func complaint() async throws -> String? {
        let lines = try await run("log", "export").output.split(separator: "\n").map(String.init)
        return try LogChecker.complaint(about: [lines])
    }

    /// The log and all stored projections are as they must be, and the log tells of nothing that must not be.
    /// `isQuiet`: all is done, and no app may be behind.
    func expectSound(isQuiet: Bool = false, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        for command in [["log", "verify"], ["projection", "check"]] {
            let answer = try await start(command).answer()
            #expect(answer.status == 0, "\(command): \(answer.output) \(answer.error)", sourceLocation: sourceLocation)
        }
        let lines = try await run("log", "export").output.split(separator: "\n").map(String.init)
        try expectHolds([lines], isQuiet: isQuiet, sourceLocation: sourceLocation)
    }
}
