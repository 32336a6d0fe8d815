import ArgumentParser
import EventStore
import Events
import Projections
import Runner

struct LockHistory: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Show who held what, when, and who waited.")

    @Argument(help: "Only locks on, above or below this path.", transform: Parse.lockPath)
    var path: LockPath?

    @Option(help: ArgumentHelp("Only those of this session.", valueName: "session"), transform: Parse.id)
    var session: String?

    @Option(help: ArgumentHelp("Only those of this task.", valueName: "task"), transform: Parse.id)
    var task: String?

    @Option(help: ArgumentHelp("Only from this time on.", valueName: "time"), transform: Parse.time)
    var since: Timestamp?

    @Option(
        help: ArgumentHelp("At most this many, the latest; with --summary of each table.", valueName: "n"),
        transform: Parse.count)
    var limit: Int?

    @Flag(help: "Add up instead: the longest waits, the paths most waited for, and how long waits are.")
    var summary = false

    @OptionGroup var source: HistoryOptions
    @OptionGroup var common: CommonOptions
    @OptionGroup var view: ViewOptions

    func validate() throws { try source.check(common) }

    /// Rows that are shown to a person who does not say how many.
    static let defaultLimit = 50
    /// Rows of each table of a summary.
    static let defaultSummaryLimit = 10

    func run() async throws {
        let context = try Context(common)
        let source = try await context.history(source)
        let viewer = try await context.viewer(view, in: source)
        try await context.tellRedactions(in: source)
        if summary { return try await summarize(source, context, viewer) }
        let limit = limit ?? (common.json ? nil : Self.defaultLimit)
        let rows = try await read(source, into: [LockHistoryRow]()) { rows, row, _ in
            guard let row else { return }
            rows.append(row)
            if let limit, rows.count / 2 > limit { rows.removeFirst(limit) }
        }.suffix(limit ?? Int.max)
        guard !common.json else {
            for row in rows { context.answer(Projections.view(of: row, for: viewer), NoText()) }
            return
        }
        context.answer(Projections.view(of: Array(rows), for: viewer), LockHistoryText())
    }

    private func summarize(_ source: HistorySource, _ context: Context, _ viewer: Viewer) async throws {
        let totals = LockTotals(limit: limit ?? (common.json ? .max : Self.defaultSummaryLimit), on: path)
        let state = try await read(source, into: (totals: totals, end: Timestamp(microseconds: 0))) { state, row, at in
            state.end = at
            if let row { state.totals.fold(row) }
        }
        let summary = state.totals.summary(at: state.end)
        context.answer(Projections.view(of: summary, for: viewer), LockSummaryText())
        if summary.lacksPaths {
            context.streams.error(
                "interlock: the totals tell of the first \(grouped(LockTotals.maximumPaths)) paths; there are more")
        }
    }

    /// Folds the log: `body` is shown for each event the row that follows from it, if that is asked for, and its time.
    private func read<Result: Sendable>(
        _ source: HistorySource, into initial: Result,
        _ body: @Sendable (inout Result, LockHistoryRow?, Timestamp) -> Void
    ) async throws -> Result {
        let state = (history: Projections.LockHistory(), result: initial)
        return try await source.reduceFacts(through: source.end(), into: state) { state, fact in
            let row = state.history.fold(fact)
            body(&state.result, row.flatMap { wants($0) ? $0 : nil }, fact.at)
        }.result
    }

    private func wants(_ row: LockHistoryRow) -> Bool {
        if let path, !row.touches(path) { return false }
        if let session, row.session.text != session { return false }
        if let task, row.holder?.task?.text != task { return false }
        if let since, row.at < since { return false }
        return true
    }
}
