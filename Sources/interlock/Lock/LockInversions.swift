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
        let viewer = try context.viewer(view)
        let inversions = try await orders(context).inversions()
        context.answer(Projections.view(of: inversions.found, for: viewer)) {
            inversions.found.isEmpty
                ? "no locks were taken in orders that could meet\n"
                : inversions.found.map(\.paragraph).joined(separator: "\n")
        }
        for limit in inversions.limits { context.streams.error("interlock: \(limit.words)") }
    }

    private func orders(_ context: Context) async throws -> LockOrders {
        let source = try await context.history(history)
        try await context.tellRedactions(in: source)
        return try await source.reduceFacts(through: source.end(), into: LockOrders(since: since)) { $0.fold($1) }
    }
}

extension Inversion {
    /// What meets, and a line for each order, in columns.
    fileprivate var paragraph: String {
        let width = orders.map(\.words.count).max() ?? 0
        let lines = orders.map { order in
            let space = String(repeating: " ", count: width - order.words.count)
            return "  \(order.words)\(space)  \(order.proofs)\n"
        }
        return headline + "\n" + lines.joined()
    }

    private var headline: String {
        let names = paths.map(\.text)
        guard let last = names.last, names.count > 1 else {
            return orders.first.map { "\($0.holds.path) is held by several who then ask for more" } ?? ""
        }
        let list = names.dropLast().joined(separator: ", ") + " and " + last
        return list + (orders.count == 2 ? " are taken in both orders" : " are taken in a ring")
    }
}

extension LockOrder {
    fileprivate var words: String { "\(holds.words), then \(wants.words)" }

    /// How often and by how many, with the first and the last time.
    fileprivate var proofs: String {
        guard count > 1 else { return "once: \(first.words)" }
        return "\(grouped(count)) times by \(counted(sessions, "session")); first: \(first.words); last: \(last.words)"
    }
}

extension LockOrder.Proof {
    fileprivate var words: String {
        "held since \(token), asked at \(position) by \(holder?.name ?? session.text), \(at)"
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
