import ArgumentParser
import EventStore
import Events
import Projections
import Runner
import System

/// Where the scenario plays: a scratch site with a service, and commands given as a person gives them.
struct Stage {
    let directory: String
    let context: Context
    private let program: String
    private let variables: [(name: String, value: String)]

    /// The service is waited for no longer.
    static let servicePatience = Duration.seconds(60)

    init(directory: String, configuration: String, database: String?) throws {
        self.directory = directory
        program = try Program.path
        // Empty is as good as none: no surrounding database is played upon.
        variables = [
            ("INTERLOCK_STATE_DIR", directory), ("INTERLOCK_CONFIG", configuration),
            ("INTERLOCK_DATABASE", database ?? ""),
        ]
        var options = try CommonOptions.parse([])
        (options.stateDirectory, options.configuration, options.database) = (directory, configuration, database)
        context = try Context(options, environment: Environment.current.adding(variables))
    }

    func requireEmptyLog() async throws {
        guard context.privateServer == nil else { return }
        guard try await context.open().log.head() == .empty else {
            throw CommandFailure(
                .failed, code: "log-not-empty", "the log of this database is not empty",
                hint: "Give the demo a database of its own, or none")
        }
    }

    /// Starts `interlock serve` and returns when its runner is registered.
    func startService() async throws -> ChildProcess {
        say("Starting the service on a scratch site, with the sample platform: three apps, real files.")
        let log = directory + "/service.log"
        let service = try DetachedProcess.start(
            Launch([program, "serve"], environment: .current.adding(variables)), output: .file(log), error: .file(log))
        let deadline = MonotonicTime.now.advanced(by: Self.servicePatience)
        while MonotonicTime.now < deadline, service.end == nil {
            if context.privateServer?.answers() != false, let site = try? await context.open(),
                try await site.hasRunner()
            {
                return service
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        var reader = LogFileReader(path: log)
        try reader.lines { context.streams.error($0) }
        throw CommandFailure(.unavailable, code: "no-service", "the service did not start", hint: "Its log is above")
    }

    func say(_ text: String) {
        context.streams.output("\n" + context.style.emphasised("# " + text) + "\n")
    }

    /// Runs one command line and shows it with its output; returns its exit code.
    @discardableResult
    func run(_ words: String...) async throws -> Int32 {
        try await run(words)
    }

    @discardableResult
    func run(_ words: [String]) async throws -> Int32 {
        context.streams.output("$ interlock \(words.joined(separator: " "))\n")
        let child = try GatedChild(arguments: ([program] + words).map { Array($0.utf8) })
        _ = try await child.release(adding: variables)
        return await child.wait().shellCode
    }
}
