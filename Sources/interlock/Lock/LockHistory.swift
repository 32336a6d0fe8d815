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

    @Option(help: ArgumentHelp("At most this many, the latest.", valueName: "n"), transform: Parse.count)
    var limit: Int?

    @OptionGroup var common: CommonOptions
    @OptionGroup var view: ViewOptions

    /// Rows that are shown to a person who does not say how many.
    static let defaultLimit = 50

    func run() async throws {
        let context = try Context(common)
        let viewer = try context.viewer(view)
        let scan = try context.scan()
        let head = try await scan.head().position
        let limit = limit ?? (common.json ? nil : Self.defaultLimit)
        let history = Mutex((fold: Projections.LockHistory(), rows: [LockHistoryRow]()))
        if head > 0 {
            try await scan.read(1...head) { event in
                let fact = try event.fact()
                history.withLock { history in
                    guard let row = history.fold.fold(fact), wants(row) else { return }
                    history.rows.append(row)
                    if let limit, history.rows.count / 2 > limit { history.rows.removeFirst(limit) }
                }
            }
        }
        let rows = history.withLock { $0.rows.suffix(limit ?? Int.max) }
        guard !common.json else {
            for row in rows { context.answer(Projections.view(of: row, for: viewer)) { "" } }
            return
        }
        context.streams.output(text(rows, context))
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
                row.holder?.task.map { "task \($0)" } ?? row.holder?.label ?? row.holder?.program ?? row.session.text,
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
