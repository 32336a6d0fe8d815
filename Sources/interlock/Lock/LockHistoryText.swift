import Projections

/// What happened to locks, an event a line.
struct LockHistoryText: ViewText {
    func text(of view: View, on page: Page) -> String {
        var table = Table([
            .init("POSITION", .right), .init("TIME"), .init("WHAT"), .init("LOCKS"), .init("WHO"),
            .init("WAITED", .right),
            .init("HELD", .right), .init("WHY"),
        ])
        for row in view.rows {
            table.add([
                row.words("position"), row.words("at"), row.words("event"), row.locks("locks"),
                row["holder"]?.briefName ?? row.words("session"), row.span("waited"), row.span("held"), why(row),
            ])
        }
        return view.rows.isEmpty ? "nothing happened to these locks\n" : page.text(of: table)
    }

    /// What it was for or, where that says more, why it ended.
    private func why(_ row: View) -> String {
        let reason = row.string("reason").map { ": \($0)" } ?? ""
        if let by = row.string("by") { return "broken by \(by)\(reason)" }
        if ["refused", "withdrawn"].contains(row.string("event")), let cause = row.string("cause") {
            return cause + reason
        }
        return row.string("reason") ?? row.words("cause")
    }
}
