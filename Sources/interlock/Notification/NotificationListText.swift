import Projections

/// An inbox: what matters most first, each with what there is to say besides below the table's row.
struct NotificationListText: ViewText {
    func text(of view: View, on page: Page) -> String {
        guard !view.rows.isEmpty else { return "nothing is to be known\n" }
        var table = Table([
            .init("NOTIFICATION"), .init("SEVERITY"), .init("STATE"), .init("COUNT", .right), .init("LAST"),
            .init("KIND"), .init("SUBJECT"), .init("TITLE"),
        ])
        for row in view.rows {
            table.add(
                ["notification", "severity", "state", "count", "lastAt", "kind", "subject", "title"].map(row.words))
        }
        let bodies = view.rows.compactMap { row in
            row.string("body").map { "\n\(row.words("notification")): \(oneLine(row.words("title")))\n\(indented($0))" }
        }
        return page.text(of: table) + bodies.joined()
    }

    /// Each line is made harmless: a body is somebody's text.
    private func indented(_ body: String) -> String {
        body.split(separator: "\n", omittingEmptySubsequences: false).map { "    \(oneLine(String($0)))\n" }.joined()
    }
}

/// A row a recipient and channel.
struct DeliveryListText: ViewText {
    func text(of view: View, on page: Page) -> String {
        guard !view.rows.isEmpty else { return "nobody was told, or is to be, outside the inbox\n" }
        var table = Table([
            .init("NOTIFICATION"), .init("RECIPIENT"), .init("CHANNEL"), .init("TELLING"), .init("STATE"),
            .init("ATTEMPTS", .right), .init("AT"), .init("PROBLEM"),
        ])
        for row in view.rows {
            table.add(
                ["notification", "recipient", "channel", "telling", "state", "attempts", "at", "problem"].map(row.words)
            )
        }
        return page.text(of: table)
    }
}

/// Which notification it is; for scripts, which need no more.
struct NotificationReceiptText: ViewText {
    func text(of view: View, on page: Page) -> String {
        view.string("notification").map { $0 + "\n" } ?? "nothing of that is open\n"
    }
}
