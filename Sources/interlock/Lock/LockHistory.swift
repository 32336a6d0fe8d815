import ArgumentParser
import EventStore
import Events
import Projections
import Runner
import Synchronization

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

    @OptionGroup var common: CommonOptions
    @OptionGroup var view: ViewOptions

    /// Rows that are shown to a person who does not say how many.
    static let defaultLimit = 50
    /// Rows of each table of a summary.
    static let defaultSummaryLimit = 10

    func run() async throws {
        let context = try Context(common)
        let viewer = try context.viewer(view)
        if summary { return try await summarize(context, viewer) }
        let limit = limit ?? (common.json ? nil : Self.defaultLimit)
        let latest = Mutex([LockHistoryRow]())
        try await read(context) { row, _ in
            guard let row else { return }
            latest.withLock { rows in
                rows.append(row)
                if let limit, rows.count / 2 > limit { rows.removeFirst(limit) }
            }
        }
        let rows = latest.withLock { $0.suffix(limit ?? Int.max) }
        guard !common.json else {
            for row in rows { context.answer(Projections.view(of: row, for: viewer)) { "" } }
            return
        }
        context.streams.output(text(rows, context))
    }

    private func summarize(_ context: Context, _ viewer: Viewer) async throws {
        let totals = LockTotals(limit: limit ?? Self.defaultSummaryLimit, on: path)
        let state = Mutex((totals: totals, end: Timestamp(microseconds: 0)))
        try await read(context) { row, at in
            state.withLock { state in
                state.end = at
                if let row { state.totals.fold(row) }
            }
        }
        let summary = state.withLock { $0.totals.summary(at: $0.end) }
        context.answer(Projections.view(of: summary, for: viewer)) { summary.text(context) }
        if summary.lacksPaths {
            context.streams.error(
                "interlock: the totals tell of the first \(grouped(LockTotals.maximumPaths)) paths; there are more")
        }
    }

    /// Shows `each` every event of the log: the row that follows from it if that is asked for, and its time.
    private func read(_ context: Context, _ each: @Sendable (LockHistoryRow?, Timestamp) -> Void) async throws {
        let scan = try context.scan()
        let head = try await scan.head().position
        guard head > 0 else { return }
        let history = Mutex(Projections.LockHistory())
        try await scan.read(1...head) { event in
            let fact = try event.fact()
            let row = history.withLock { $0.fold(fact) }
            each(row.flatMap { wants($0) ? $0 : nil }, fact.at)
        }
    }

    private func wants(_ row: LockHistoryRow) -> Bool {
        if let path, !row.touches(path) { return false }
        if let session, row.session.text != session { return false }
        if let task, row.holder?.task?.text != task { return false }
        if let since, row.at < since { return false }
        return true
    }

    private func text(_ rows: ArraySlice<LockHistoryRow>, _ context: Context) -> String {
        var table = Table([
            .init("POSITION", .right), .init("TIME"), .init("WHAT"), .init("LOCKS"), .init("WHO"),
            .init("WAITED", .right),
            .init("HELD", .right), .init("WHY"),
        ])
        for row in rows {
            table.add([
                String(row.position), row.at.description, row.change.rawValue,
                row.locks.map(\.words).joined(separator: " "),
                row.holder?.briefName ?? row.session.text,
                row.waited.map(span) ?? "", row.held.map(span) ?? "", why(row),
            ])
        }
        return rows.isEmpty ? "nothing happened to these locks\n" : context.text(of: table)
    }

    /// What it was for or, where that says more, why it ended.
    private func why(_ row: LockHistoryRow) -> String {
        let reason = row.reason.map { ": \($0)" } ?? ""
        if let by = row.by { return "broken by \(by)\(reason)" }
        if row.change == .refused || row.change == .withdrawn, let cause = row.cause { return cause + reason }
        return row.reason ?? row.cause ?? ""
    }
}
