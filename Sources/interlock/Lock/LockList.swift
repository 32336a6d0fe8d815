import ArgumentParser
import EventStore
import Events
import Projections
import Runner

struct LockList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the locks that are held and waited for, and who blocks whom.")

    @Option(
        help: ArgumentHelp("As it was at this position or time.", valueName: "position|time"), transform: Parse.moment)
    var at: Moment?

    @OptionGroup var common: CommonOptions
    @OptionGroup var view: ViewOptions

    func run() async throws {
        let context = try Context(common)
        let viewer = try await context.viewer(view)
        let table = try await table(context)
        context.answer(Projections.view(of: table, for: viewer), LockListText())
    }

    private func table(_ context: Context) async throws -> LockTable {
        let scan = try context.scan()
        guard let at else {
            let (platform, head) = try await scan.current(Platform.self)
            return LockTable(platform.locks, at: head.position)
        }
        let source = HistorySource.database(scan)
        let position = try await at.position(in: source)
        let platform = context.trusting(try await source.platform(at: position))
        if position > 0 { try await context.tellRedactions(in: source, of: 1...position) }
        return LockTable(platform.locks, at: position)
    }
}
