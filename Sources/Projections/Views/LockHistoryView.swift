import Events

/// What `lock history` shows a person: a line a row.
public func view(of rows: [LockHistoryRow], for viewer: Viewer) -> View {
    View(rows: rows, historyFields, for: viewer)
}

/// A line of `lock history --json`.
public func view(of row: LockHistoryRow, for viewer: Viewer) -> View {
    View(row, historyFields, for: viewer)
}

extension LockHistoryRow: Viewable {
    var about: Subject { .locks(locks) }
}

let historyFields: [Field<LockHistoryRow>] = [
    .everyone("position") { row, _ in .integer(row.position) },
    .everyone("at") { row, _ in .known(row.at) },
    .everyone("event") { row, _ in .string(row.change.rawValue) },
    .everyone("locks") { row, _ in .locks(row.locks) },
    .everyone("session") { row, _ in .string(row.session.text) },
    .everyone("request") { row, _ in .known(row.request?.text) },
    .everyone("token") { row, _ in .known(row.token) },
    .everyone("cause") { row, _ in .known(row.cause) },
    .administrators("by") { row, _ in .known(row.by) },
    .operators("reason") { row, _ in .known(row.reason) },
    .everyone("waited") { row, _ in .known(row.waited) },
    .everyone("held") { row, _ in .known(row.held) },
    .everyone("holder") { row, onlooker in row.holder.map { show($0, holderFields, for: onlooker) } },
]
