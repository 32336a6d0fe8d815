import ArgumentParser
import EventStore
import Events
import Projections
import Runner

struct LockCheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Exit 0 while a grant stands and covers a path, else 75.")

    @Argument(help: "The path that the grant must cover.", transform: Parse.lockPath)
    var path: LockPath

    @Option(help: ArgumentHelp("The token of the grant.", valueName: "n"), transform: Parse.position)
    var token: Position

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let (platform, _) = try await Context(common).scan().current(Platform.self)
        guard platform.locks.stands(token, on: path) else {
            throw CommandFailure(
                .notObtained, code: "not-standing", "token \(token) does not stand on \(path)",
                hint: "Stop what it was for: another may hold the lock by now")
        }
    }
}
