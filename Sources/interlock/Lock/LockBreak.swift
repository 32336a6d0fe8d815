import ArgumentParser
import Events
import Projections
import Runner

struct LockBreak: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "break", abstract: "End a grant against its holder's will.",
        discussion: """
            The whole grant ends, and the log says who ended it and why. The holder is not stopped and may go on as if it held \
            the locks, unless it asks 'lock check' before it writes: stop it first.
            """)

    @Argument(help: "A path of the grant.", transform: Parse.lockPath)
    var path: LockPath

    @Option(help: ArgumentHelp("The token of the grant.", valueName: "n"), transform: Parse.position)
    var token: Position

    @Option(help: ArgumentHelp("Why, for the history.", valueName: "text"), transform: Parse.text)
    var reason: String

    @OptionGroup var common: CommonOptions

    mutating func validate() throws {
        guard !reason.isEmpty else { throw ValidationError("--reason is empty: say why the lock is broken") }
    }

    func run() async throws {
        let site = try await Context(common).open()
        _ = try await site.submit(.breakGrant(token: token, path: path, by: site.site.user, reason: reason))
    }
}
