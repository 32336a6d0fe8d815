import ArgumentParser
import Events
import Projections
import Runner

struct LockRelease: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release", abstract: "Give back a grant, or some of its paths.")

    @Option(help: ArgumentHelp("The token of the grant.", valueName: "n"), transform: Parse.position)
    var token: Position

    @Argument(help: "The paths to give back; all of the grant's when none is named.", transform: Parse.lockPath)
    var paths: [LockPath] = []

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let site = try await Context(common).open()
        _ = try await site.submit(.release(token: token, paths: paths.isEmpty ? nil : paths))
    }
}
