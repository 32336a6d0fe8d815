import ArgumentParser
import EventStore
import Events
import Projections
import Runner
import System

struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Show a short guided scenario.",
        discussion: """
            A backup, two updates of apps and an update of the platform are asked for at once; one is killed in the middle. \
            It runs on a scratch private database; with --database only on an empty log.
            """)

    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard common.stateDirectory == nil, common.configuration == nil else {
            throw ValidationError("the demo has a state directory and a configuration of its own")
        }
    }

    func run() async throws {
        let directory = try Scratch.make()
        let result = await Result { try await self.play(in: directory) }
        if common.database == nil { try await PrivateServer(stateDirectory: directory).stop() }
        try Directory.removeTree(directory)
        try result.get()
    }

    private func play(in directory: String) async throws {
        let configuration = try SamplePlatform.write(to: directory + "/platform-tasks")
        let stage = try Stage(directory: directory, configuration: configuration, database: common.database)
        try await stage.requireEmptyLog()
        let service = try await stage.startService()
        let result = await Result { try await Scenario(stage: stage).play() }
        try service.signal(Signals.terminate)
        _ = await service.wait()
        try result.get()
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}

/// A directory that is removed at the end.
enum Scratch {
    static func make() throws -> String {
        let name = try Host.randomBytes(6).map { String($0, radix: 36) }.joined()
        let path = "/tmp/interlock-demo-\(name)"
        // Open to the private server's user, as a state directory is.
        try DurableFile.makeDirectory(path, mode: 0o755)
        return path
    }
}
