import EventStore
import Events
import MySQL
import Runner
import System

/// What a command works on: configuration, state directory, database, and where its answer goes.
struct Context: Sendable {
    let streams = Streams()
    let environment: Environment
    let json: Bool
    let configuration: Configuration
    /// The file the configuration came from; nil when there is none.
    let configurationFile: String?
    let stateDirectory: StateDirectory
    private let choice: DatabaseChoice

    static let defaultConfigurationFile = "/etc/interlock/interlock.yaml"

    init(_ common: CommonOptions, environment: Environment = .current) throws {
        self.environment = environment
        json = common.json
        (configuration, configurationFile) = try Self.configuration(common.configuration, environment)
        stateDirectory = try StateDirectory.resolve(option: common.stateDirectory, environment: environment)
        choice = try DatabaseChoice.resolve(
            option: common.database, environment: environment, configured: configuration.database,
            stateDirectory: stateDirectory)
    }

    /// The file that was named must be there; the default one may be missing.
    static func configuration(_ option: String?, _ environment: Environment) throws -> (Configuration, String?) {
        let named = option ?? environment.setting("INTERLOCK_CONFIG")
        let file = named ?? defaultConfigurationFile
        guard let bytes = try bytes(of: file) else {
            guard named == nil else {
                throw CommandFailure(
                    .configuration, code: "no-configuration", "there is no configuration file '\(file)'",
                    hint: "Name one with --config or INTERLOCK_CONFIG")
            }
            return (Configuration(), nil)
        }
        return (try Configuration(yaml: bytes, file: file), file)
    }

    /// What a configuration file holds; nil when there is none.
    private static func bytes(of file: String) throws(CommandFailure) -> [UInt8]? {
        do throws(SystemError) {
            return try readFile(file, limit: Configuration.maximumBytes)
        } catch {
            guard error.code != .notFound else { return nil }
            let why = error.errno == 0 ? error.message : SystemError.words(for: error.errno)
            throw CommandFailure(
                error.code == .permission ? .notPermitted : .configuration, code: "configuration",
                "the configuration file '\(file)' cannot be read: \(why)")
        }
    }

    /// The private server of the state directory, where that is what the command works on.
    var privateServer: PrivateServer? {
        guard case .privateServer(let directories) = choice else { return nil }
        let servers = directories.map(PrivateServer.init(stateDirectory:))
        return servers.first(where: \.exists) ?? servers.first
    }

    /// Where the database is. A private server that does not run is not started: `serve` does that.
    func endpoint() throws -> Endpoint {
        switch choice {
        case .url(let url, let source): return try endpoint(url, source)
        case .privateServer:
            guard let server = privateServer, server.exists, server.mayRun else {
                throw CommandFailure(
                    .unavailable, code: "no-database",
                    "no database is configured and the private one of \(stateDirectory.path) does not run",
                    hint: "Start it with: interlock serve")
            }
            return server.endpoint
        }
    }

    /// A URL that cannot be read is the mistake of whoever wrote it.
    private func endpoint(_ url: String, _ source: DatabaseChoice.Source) throws(CommandFailure) -> Endpoint {
        do throws(MySQLError) {
            return try Endpoint(url: url, allowPassword: source != .option)
        } catch {
            let place =
                switch source {
                case .option: throw .usage(error.message, hint: "Mend --database")
                case .environment: "INTERLOCK_DATABASE"
                case .configuration: "'database' in the configuration"
                }
            throw CommandFailure(.configuration, code: "configuration", error.message, hint: "Mend \(place)")
        }
    }

    func site() throws -> Site {
        Site(endpoint: try endpoint(), stateDirectory: stateDirectory.path, host: configuration.host.id)
    }

    func open() async throws -> OpenSite {
        var site = try await site().open()
        let rules = configuration.noticeRules
        site.noticeRules = { rules }
        let streams = streams
        site.tellAway = { problem in
            let patience = OpenSite.awayPatience.components.seconds
            streams.error(
                problem.map { "interlock: \($0.message); waiting for the database, \(patience) s at most" }
                    ?? "interlock: the database is back")
        }
        return site
    }

    /// For what is so now. A database that was restored from an older dump is refused, as by `open`.
    func scan() throws -> LogScan {
        try LogScan(try endpoint(), newDatabaseID: try NewID.database(), seen: highestSeen)
    }

    /// For what was, and for who looks after the database: one that was restored from an older dump is only told of.
    func lookBack() async throws -> LogScan {
        let scan = try unchecked()
        if let problem = try await scan.problem(of: highestSeen) {
            streams.error("interlock: warning: \(problem.message)" + (problem.hint.map { ". " + sentence($0) } ?? ""))
        }
        return scan
    }

    /// For what does not matter to anybody but the one who asks.
    func unchecked() throws -> LogScan { try LogScan(try endpoint(), newDatabaseID: try NewID.database()) }

    private var highestSeen: HighestSeen { HighestSeen(stateDirectory: stateDirectory.path) }
}
