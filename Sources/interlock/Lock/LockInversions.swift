import ArgumentParser
import EventStore
import Events
import Projections
import Runner

struct LockInversions: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inversions", abstract: "Find locks that were taken in orders that could meet in a deadlock.",
        discussion: """
            Told are paths that different sessions took in both orders, and rings of up to six such orders, also where it \
            never came to a deadlock. Not told is what cannot meet: where both held a lock in common, where the modes do \
            not conflict, where one session is the other's ancestor.
            """)

    @Option(help: ArgumentHelp("Only what was asked for from this time on.", valueName: "time"), transform: Parse.time)
    var since: Timestamp?

    @OptionGroup var history: HistoryOptions
    @OptionGroup var common: CommonOptions
    @OptionGroup var view: ViewOptions

    func validate() throws { try history.check(common) }

    func run() async throws {
        let context = try Context(common)
        let source = try await context.history(history)
        let viewer = try await context.viewer(view, in: source)
        try await context.tellRedactions(in: source)
        let inversions = try await orders(source).inversions()
        context.answer(Projections.view(of: inversions.found, for: viewer), LockInversionsText())
        for limit in inversions.limits { context.streams.error("interlock: \(limit.words)") }
    }

    private func orders(_ source: HistorySource) async throws -> LockOrders {
        try await source.reduceFacts(through: source.end(), into: LockOrders(since: since)) { $0.fold($1) }
    }
}

extension Inversions.Limit {
    fileprivate var words: String {
        switch self {
        case .orders:
            "more than \(grouped(LockOrders.maximumOrders)) different orders were taken; the later ones were left out"
        case .inversions: "more than \(grouped(Inversions.maximum)) inversions; the others are not shown (try --since)"
        case .steps:
            "the search was ended after \(grouped(Inversions.maximumSteps)) steps; there may be more (try --since)"
        }
    }
}
