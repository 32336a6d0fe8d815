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
        let viewer = try context.viewer(view)
        let source = try await context.history(history)
        var deadlocks = try await source.deadlocks()
        // Some jumps into the history for each: people find it in 'deadlock show'.
        if common.json {
            for index in deadlocks.indices {
                deadlocks[index].inevitableSince = context.trusting(try await source.inevitableSince(deadlocks[index]))
            }
        }
        try await context.tellRedactions(in: source)
        context.answer(Projections.view(of: deadlocks, for: viewer)) {
            deadlocks.isEmpty ? "no deadlock was refused\n" : deadlocks.map(\.paragraph).joined(separator: "\n")
        }
    }
}

extension RefusedDeadlock {
    /// A line for each party, and below it what it holds and wants, in columns.
    fileprivate var paragraph: String {
        let width = refused.cycle.flatMap { [$0.holds?.lock.words.count ?? 0, $0.wants.words.count] }.max() ?? 0
        func line(_ verb: String, _ what: String, _ since: Timestamp, _ reason: String?) -> String {
            let space = String(repeating: " ", count: width - what.count)
            return "    \(verb)  \(what)\(space)  since \(since)" + (reason.map { "  \(oneLine($0))" } ?? "") + "\n"
        }
        var text = "at position \(position), \(at):\n"
        for (index, party) in refused.cycle.enumerated() {
            text += "  \(party.holder.name)\(index == 0 ? ", was refused" : "")\n"
            if let holds = party.holds { text += line("holds", holds.lock.words, holds.since, holds.reason) }
            text += line("wants", party.wants.words, party.since, party.wants.reason)
        }
        return text
    }
}
