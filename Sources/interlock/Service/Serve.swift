import ArgumentParser
import Logging
import Runner
import System

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the runner service, in the foreground.",
        discussion: """
            It starts tasks as processes under their locks and watches over the sessions of this host. SIGTERM ends it; \
            running tasks run on and are taken up by the next one. SIGHUP lets it read its configuration again; a wrong \
            one changes nothing. Without a database it starts a private one in the state directory.
            """)

    @Option(
        name: .customLong("log-format"),
        help: "How its log is written; text on a terminal and json elsewhere when nothing is said.")
    var logFormat: LogFormat?

    @Option(name: .customLong("log-level"), help: "The least that is worth a line.")
    var logLevel = LogLevel.info

    @Flag(
        name: .customLong("database-only"),
        help: "Run only the private database, until a signal ends both: for a unit of its own.")
    var databaseOnly = false

    @OptionGroup var common: CommonOptions

    func run() async throws {
        OwnMemory.giveBack()
        let signals = try Signals.stream(of: [Signals.terminate, Signals.interrupt, Signals.hangUp])
        let context = try Context(common)
        // A database that cannot be meant is told before anything is made.
        if context.privateServer == nil { _ = try context.endpoint() }
        let format = logFormat ?? (Host.isTerminal(2) ? .text : .json)
        let logger = Logger(label: "interlock") { _ in ServiceLog(format, level: logLevel.level) }
        try DurableFile.makeDirectories(context.stateDirectory.path, mode: 0o755)
        try DurableFile.makeDirectory(context.stateDirectory.path + "/tasks", mode: 0o711)
        if let server = context.privateServer {
            try await server.start { logger.info("\($0)") }
            if let restriction = PrivateServer.restriction {
                logger.notice("the private database is in \(server.directory); \(restriction)")
            }
        }
        let manager = ServiceManager(.current)
        if databaseOnly { return try await serveDatabase(context, signals, manager, logger) }
        let site = try await context.open()
        let service = Service(site, configuration: context.configuration, shim: try Self.shim(), logger: logger) {
            manager?.pulse()
        }
        if let server = context.privateServer { service.metrics.watch(server) }
        let endpoint = MetricsEndpoint(service.metrics)
        try listen(endpoint, context.configuration, logger)
        let (registration, isRegistered) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            try await service.run {
                isRegistered.finish()
                logger.info("serving \(site.site.endpoint)")
                manager?.ready("serving")
            }
        }
        // One after the other; what is asked for meanwhile is asked for once.
        let (reloads, hangUps) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let reloader = Task {
            // Before, there is nothing that could go by another configuration.
            for await _ in registration {}
            for await _ in reloads where !task.isCancelled {
                manager?.reloading()
                // Before the manager is asked for: without one it would not be evaluated.
                let status = await reload(service, endpoint, logger)
                if !task.isCancelled { manager?.ready(status) }
            }
        }
        let listener = Task { await obey(signals, hangUps, service, task, manager, logger) }
        defer {
            reloader.cancel()
            listener.cancel()
            service.metrics.end()
        }
        do {
            try await task.value
        } catch {
            throw CommandFailure(serving: error)
        }
    }

    /// The private database alone. Where none is wanted there is nothing to do, and that is well.
    private func serveDatabase(
        _ context: Context, _ signals: AsyncStream<ReceivedSignal>, _ manager: ServiceManager?, _ logger: Logger
    ) async throws {
        guard let server = context.privateServer else {
            manager?.ready("the configuration names a database of its own")
            return logger.notice("the configuration names a database of its own: there is nothing to run")
        }
        manager?.ready("the private database runs in \(server.directory)")
        logger.info("serving the private database in \(server.directory)")
        let watch = Task { try await server.untilEnded() }
        let listener = Task {
            for await signal in signals where signal.number != Signals.hangUp { watch.cancel() }
        }
        defer { listener.cancel() }
        guard case .failure(let error) = await watch.result, error is CancellationError else {
            throw CommandFailure(
                .failed, code: "database-ended", "the private database has ended",
                hint: "Read \(server.directory)/server.log")
        }
        manager?.stopping()
        try await server.stop()
    }

    /// HUP reads the configuration again, the first TERM or INT ends the service in good order, the second one at once.
    private func obey(
        _ signals: AsyncStream<ReceivedSignal>, _ hangUps: AsyncStream<Void>.Continuation, _ service: Service,
        _ task: Task<Void, any Error>, _ manager: ServiceManager?, _ logger: Logger
    ) async {
        var isEnding = false
        for await signal in signals {
            if signal.number == Signals.hangUp {
                // Beside the signals: a database that does not answer holds up no order to end.
                if !isEnding { hangUps.yield() }
            } else if isEnding {
                Program.leave(128 + signal.number)
            } else {
                isEnding = true
                hangUps.finish()
                logger.info("\(Signals.name(of: signal.number)): ending")
                manager?.stopping()
                task.cancel()
                Task {
                    // Also where it does not come to an end in good order.
                    service.metrics.end()
                    try await Task.sleep(for: Self.leavingPatience)
                    logger.warning("ended without a word to the database, which does not answer; running tasks run on")
                    Program.leave(ExitCode.done.rawValue)
                }
            }
        }
    }

    /// An end in good order takes no longer, whatever the database does.
    static let leavingPatience = Duration.seconds(15)

    /// What there is to say of it.
    private func reload(_ service: Service, _ endpoint: MetricsEndpoint, _ logger: Logger) async -> String {
        do {
            let configuration = try Context(common).configuration
            try await service.reload(configuration)
            service.metrics.reloaded(true)
            do {
                try listen(endpoint, configuration, logger)
            } catch {
                logger.warning("\(error.message); where it listened holds")
            }
            return "serving"
        } catch {
            guard !Task.isCancelled else { return "ending" }
            service.metrics.reloaded(false)
            let failure = CommandFailure(serving: error).message
            logger.error("the configuration stays as it was: \(failure)")
            return "serving by the configuration before: \(failure)"
        }
    }

    /// Answers Prometheus where the configuration says.
    private func listen(
        _ endpoint: MetricsEndpoint, _ configuration: Configuration, _ logger: Logger
    ) throws(CommandFailure) {
        do throws(SystemError) {
            guard let address = try endpoint.listen(at: configuration.metrics?.prometheus) else { return }
            logger.info("metrics at http://\(address)/metrics")
            guard !address.isLoopback else { return }
            logger.warning("metrics.prometheus: \(address) can be reached from other hosts, without a password")
        } catch {
            throw CommandFailure(
                .configuration, code: "metrics", "metrics.prometheus: \(error.message)",
                hint: "Give another address, or end what has it")
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
        case Service.Failure.noTaskDatabase(let problem, let hint):
            self.init(.configuration, code: "no-task-database", problem, hint: hint)
        case Service.Failure.restored:
            self.init(
                .damaged, code: "restored", "the log was restored from an older dump and taken over meanwhile",
                hint: "Start it again: it takes up what still runs")
        default: self = CommandFailure(known: error) ?? CommandFailure(.failed, code: "failed", "\(error)")
        }
    }
}
