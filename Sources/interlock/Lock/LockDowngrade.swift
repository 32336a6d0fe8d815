import ArgumentParser
import Events
import Projections
import Runner

struct LockDowngrade: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "downgrade", abstract: "Make an exclusive lock a shared one, under the same token.",
        discussion: """
            Who waits to share it gets in at once. The way back is a request of its own.
            """)

    @Argument(help: "The path, as it was granted.", transform: Parse.lockPath)
    var path: LockPath

    @Option(help: ArgumentHelp("The token of the grant.", valueName: "n"), transform: Parse.position)
    var token: Position

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let site = try await Context(common).open()
        _ = try await site.submit(.downgrade(token: token, path: path))
    }
}
