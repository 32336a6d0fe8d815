import Projections

/// The reactions, how far each is, and below them what failed.
struct ReactionListText: ViewText {
    func text(of view: View, on page: Page) -> String {
        var table = Table([.init("REACTION"), .init("ON"), .init("DOES"), .init("LAG"), .init("PARKED")])
        for row in view.rows {
            let parked = row.rows("parked").count
            table.add([
                row.words("reaction"), row.rows("on").compactMap(\.string).joined(separator: ", "), row.words("does"),
                row.words("lag"), parked == 0 ? "" : String(parked),
            ])
        }
        let parked = view.rows.flatMap { row in
            row.rows("parked").map {
                "\(row.words("reaction")) at event \($0.words("position")): \($0.words("problem"))\n"
            }
        }
        return page.text(of: table) + (parked.isEmpty ? "" : "\n" + parked.joined())
    }
}

/// The events that are looked at again.
struct ReactionRetryText: ViewText {
    func text(of view: View, on page: Page) -> String {
        let positions = view.rows("positions").compactMap(\.integer).map(String.init)
        return positions.isEmpty
            ? "nothing of \(view.words("reaction")) is parked\n"
            : "\(view.words("reaction")) looks again at \(positions.joined(separator: ", "))\n"
    }
}
