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

    init(_ common: CommonOptions) throws {
        environment = Environment.current
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
        guard let bytes = try DurableFile.read(file, limit: Configuration.maximumBytes) else {
            guard named == nil else {
                throw CommandFailure(
                    .configuration, code: "no-configuration", "there is no configuration file '\(file)'",
                    hint: "Name one with --config or INTERLOCK_CONFIG")
            }
            return (Configuration(), nil)
        }
        return (try Configuration(yaml: bytes, file: file), file)
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
        case .url(let url, let source): return try Endpoint(url: url, allowPassword: source != .option)
        case .privateServer:
            guard let server = privateServer, server.exists, server.answers() else {
                throw CommandFailure(
                    .unavailable, code: "no-database",
                    "no database is configured and the private one of \(stateDirectory.path) does not run",
                    hint: "Start it with: interlock serve")
            }
            return server.endpoint
        }
    }

    func site() throws -> Site {
        Site(endpoint: try endpoint(), stateDirectory: stateDirectory.path, host: configuration.host.id)
    }

    func open() async throws -> OpenSite {
        try await site().open()
    }

    func scan() throws -> LogScan {
        try LogScan(try endpoint(), newDatabaseID: try NewID.database())
    }
}
