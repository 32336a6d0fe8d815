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
        let viewer = try await context.viewer(view)
        let site = try await context.open()
        let rows = try await site.reactions(of: context.configuration)
        context.answer(Projections.view(of: rows, for: viewer), ReactionListText())
    }
}
