import ArgumentParser
import Logging
import Runner
import System

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the runner service, in the foreground.",
        discussion: """
            It starts tasks as processes under their locks and watches over the sessions of this host. SIGTERM ends it; \
            running tasks run on and are taken up by the next one. Without a database it starts a private one in the \
            state directory.
            """)

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let signals = try Signals.stream(of: [Signals.terminate, Signals.interrupt])
        let context = try Context(common)
        // A database that cannot be meant is told before anything is made.
        if context.privateServer == nil { _ = try context.endpoint() }
        let logger = Logger(label: "interlock") { StreamLogHandler.standardError(label: $0) }
        try DurableFile.makeDirectories(context.stateDirectory.path, mode: 0o755)
        try DurableFile.makeDirectory(context.stateDirectory.path + "/tasks", mode: 0o711)
        if let server = context.privateServer {
            try await server.start { logger.info("\($0)") }
            if let restriction = PrivateServer.restriction {
                logger.notice("the private database is in \(server.directory); \(restriction)")
            }
        }
        let site = try await context.open()
        let service = Service(site, configuration: context.configuration, shim: try Self.shim(), logger: logger)
        let task = Task {
            try await service.run { logger.info("serving \(site.site.endpoint)") }
        }
        let listener = Task {
            for await signal in signals {
                logger.info("\(Signals.name(of: signal.number)): ending")
                task.cancel()
            }
        }
        defer { listener.cancel() }
        do {
            try await task.value
        } catch {
            throw CommandFailure(serving: error)
        }
    }

    /// The shim stands beside this program.
    private static func shim() throws -> String {
        let own = try Program.path
        let path = own.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/interlock-shim"
        guard Directory.contains(path) else {
            throw CommandFailure(
                .failed, code: "no-shim", "\(path) is missing", hint: "Install it beside interlock, from the same build"
            )
        }
        return path
    }
}

extension CommandFailure {
    /// Why the service ended by itself.
    fileprivate init(serving error: any Error) {
        switch error {
        case Service.Failure.anotherRunner(let pid):
            self.init(
                .failed, code: "another-runner", "another runner of this host lives, process \(pid)",
                hint: "One is enough; end it first, or give this host another id in the configuration")
        case Service.Failure.replaced:
            self.init(.failed, code: "replaced", "another runner of this host has taken over")
        default: self = CommandFailure(known: error) ?? CommandFailure(.failed, code: "failed", "\(error)")
        }
    }
}
