import Events

/// A line of `lock history`.
public func view(of row: LockHistoryRow, for viewer: Viewer) -> View {
    View(json: show(row, rowFields, for: viewer))
}

private let rowFields: [Field<LockHistoryRow>] = [
    .everyone("position") { row, _ in .integer(row.position) },
    .everyone("at") { row, _ in .known(row.at) },
    .everyone("event") { row, _ in .string(row.change.rawValue) },
    .everyone("locks") { row, _ in .locks(row.locks) },
    .everyone("session") { row, _ in .string(row.session.text) },
    .everyone("request") { row, _ in .known(row.request?.text) },
    .everyone("token") { row, _ in .known(row.token) },
    .everyone("cause") { row, _ in .known(row.cause) },
    .administrators("by") { row, _ in .known(row.by) },
    .administrators("reason") { row, _ in .known(row.reason) },
    .everyone("waited") { row, _ in .known(row.waited) },
    .everyone("held") { row, _ in .known(row.held) },
    .everyone("holder") { row, viewer in row.holder.map { show($0, holderFields, for: viewer) } },
]
