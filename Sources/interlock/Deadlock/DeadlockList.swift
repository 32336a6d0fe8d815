import ArgumentParser
import EventStore
import Events
import Projections
import Runner

struct DeadlockList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List every deadlock that was refused, the oldest first.",
        discussion: """
            Each party wants what the next one holds, the last what the first holds. The first is the one that was refused.
            """)

    @OptionGroup var history: HistoryOptions
    @OptionGroup var common: CommonOptions
    @OptionGroup var view: ViewOptions

    func validate() throws { try history.check(common) }

    func run() async throws {
        let context = try Context(common)
        let source = try await context.history(history)
        let viewer = try await context.viewer(view, in: source)
        var deadlocks = try await source.deadlocks()
        // Some jumps into the history for each: people find it in 'deadlock show'.
        if common.json {
            for index in deadlocks.indices {
                deadlocks[index].inevitableSince = context.trusting(try await source.inevitableSince(deadlocks[index]))
            }
        }
        try await context.tellRedactions(in: source)
        context.answer(Projections.view(of: deadlocks, for: viewer), DeadlockListText())
    }
}
