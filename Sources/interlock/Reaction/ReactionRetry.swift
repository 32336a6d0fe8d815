import ArgumentParser
import Projections
import Runner

struct ReactionRetry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Let a reaction look again at all events at which it failed.")

    @Argument(help: "The name of the reaction.", transform: Parse.name)
    var name: String

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let context = try Context(common)
        let site = try await context.open()
        let positions = try await site.retry(reaction: name)
        guard !positions.isEmpty || context.configuration.reactions.contains(where: { $0.name == name }) else {
            throw CommandFailure(
                .noSuchThing, code: "no-such-reaction", "there is no reaction '\(name)'",
                hint: "See: interlock reaction list")
        }
        let retried = RetriedReaction(name: name, positions: positions)
        context.answer(view(of: retried, for: .administrator), ReactionRetryText())
    }
}
