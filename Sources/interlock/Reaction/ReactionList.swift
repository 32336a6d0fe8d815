import ArgumentParser
import EventStore
import Projections
import Runner

struct ReactionList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the reactions, how far each is, and what failed.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var view: ViewOptions

    func run() async throws {
        let context = try Context(common)
        let viewer = try context.viewer(view)
        let site = try await context.open()
        let rows = try await site.reactions(of: context.configuration)
        context.answer(Projections.view(of: rows, for: viewer)) { Self.text(rows, context) }
    }

    private static func text(_ rows: [ReactionRow], _ context: Context) -> String {
        var table = Table([.init("REACTION"), .init("ON"), .init("DOES"), .init("LAG"), .init("PARKED")])
        for row in rows {
            table.add([
                row.name, row.on.joined(separator: ", "), row.does, row.lag.map(String.init) ?? "",
                row.parked.isEmpty ? "" : String(row.parked.count),
            ])
        }
        let parked = rows.flatMap(\.parked).map { "\($0.reaction) at event \($0.position): \($0.problem)\n" }
        return context.text(of: table) + (parked.isEmpty ? "" : "\n" + parked.joined())
    }
}
