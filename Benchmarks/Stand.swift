import EventStore
import Events
import MySQL
import Projections
import Runner
import System

/// Where a run takes place: the scratch servers, and how long it measures.
struct Stand: Sendable {
    let directory: String
    let etcd: UInt16?
    /// Where the programs are that drive the peers.
    let peers: String
    let isQuick: Bool
    /// How many commands at once.
    let concurrencies: [Int]
    let server: PrivateServer

    init(directory: String, etcd: UInt16?, peers: String, isQuick: Bool, concurrencies: [Int]) async throws {
        self.directory = directory
        self.etcd = etcd
        self.peers = peers
        self.isQuick = isQuick
        self.concurrencies = concurrencies
        server = PrivateServer(stateDirectory: directory + "/state")
        try DurableFile.makeDirectory(directory + "/state", mode: 0o755)
    }

    var rounds: Int { isQuick ? 3 : 7 }
    /// Of what there are many kinds.
    var fewRounds: Int { isQuick ? 1 : 2 }
    /// How long one round measures one thing.
    var roundSeconds: Double { isQuick ? 0.5 : 1 }

    /// The built programs, which stand beside this one.
    func program(_ name: String) throws -> String {
        try Program.path.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/" + name
    }

    /// A database of the private server.
    func endpoint(_ name: String) -> Endpoint {
        var endpoint = server.endpoint
        endpoint.database = name
        return endpoint
    }

    /// An empty database of its own on the private server.
    func database(_ name: String) throws -> Endpoint {
        let connection = try Connection(endpoint(""))
        try connection.run("DROP DATABASE IF EXISTS `\(name)`")
        try connection.run("CREATE DATABASE `\(name)` CHARACTER SET utf8mb4")
        return endpoint(name)
    }

    /// A log in an empty database.
    func log(_ name: String) async throws -> OpenSite {
        _ = try database(name)
        return try await open(name)
    }

    /// A log that is there.
    func open(_ name: String) async throws -> OpenSite {
        try await Site(endpoint: endpoint(name), stateDirectory: directory + "/state").open()
    }

    /// The database that `interlock serve` uses too.
    func shared() async throws -> OpenSite {
        try await Site(endpoint: server.endpoint, stateDirectory: directory + "/state").open()
    }

    /// Starts `interlock serve`, of the shared database where no other is named, and returns when it is registered.
    func serve(configuration: String? = nil, of site: Site? = nil) async throws -> ChildProcess {
        let output = directory + "/serve.log"
        try DurableFile.remove(output)
        let service = try DetachedProcess.start(
            Launch(
                [try program("interlock"), "serve"] + (configuration.map { ["--config", $0] } ?? [])
                    + (site.map { ["--state-dir", $0.stateDirectory, "--database", "\($0.endpoint)"] } ?? arguments)),
            output: .file(output), error: .file(output))
        while true {
            let text = String(decoding: try DurableFile.read(output, limit: 1 << 20) ?? [], as: UTF8.self)
            if text.contains("serving ") { return service }
            guard service.end == nil else { throw Failure(description: "interlock serve ended: \(text)") }
            Pause.milliseconds(5)
        }
    }

    var arguments: [String] { ["--state-dir", directory + "/state"] }
}

/// What makes a figure impossible.
struct Failure: Error, CustomStringConvertible {
    var description: String
}
