import Projections

/// The stored projections.
struct ProjectionListText: ViewText {
    func text(of view: View, on page: Page) -> String {
        guard !view.rows.isEmpty else { return "no projection is stored: the log is empty\n" }
        var table = Table([
            .init("NAME"), .init("VERSION", .right), .init("STORED AT", .right), .init("BYTES", .right),
        ])
        for row in view.rows {
            table.add([row.words("name"), row.words("version"), row.words("position"), row.words("bytes")])
        }
        return page.text(of: table)
    }
}

/// Whether they are what follows from the log.
struct ProjectionCheckText: ViewText {
    func text(of view: View, on page: Page) -> String {
        guard !view.rows.isEmpty else { return "no projection is stored: the log is empty\n" }
        var table = Table([.init("NAME"), .init("VERSION", .right), .init("STORED AT", .right), .init("FINDING")])
        for row in view.rows {
            table.add([
                row.words("name"), row.words("version"), row.words("position"),
                row.string("difference") ?? "equals the fold of the log",
            ])
        }
        let isWhole = view.rows.allSatisfy { $0["difference"] == nil }
        return page.text(of: table) + (isWhole ? "" : "mend it with: interlock projection rebuild\n")
    }
}
