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
        context.answer(view(ofRetried: positions, reaction: name, for: .administrator)) {
            positions.isEmpty
                ? "nothing of \(name) is parked\n"
                : "\(name) looks again at \(positions.map(String.init).joined(separator: ", "))\n"
        }
    }
}
