import Projections

/// How large the log is, and how far its readers are.
struct LogStatsText: ViewText {
    func text(of view: View, on page: Page) -> String {
        var text = counted(view.integer("events") ?? 0, "event") + ", "
        text += counted(view.integer("bytes") ?? 0, "byte") + " of payload\n"
        if let oldest = view.string("oldest"), let newest = view.string("newest") {
            text += "from \(oldest) to \(newest)\n"
        }
        var types = Table([.init("TYPE"), .init("EVENTS", .right)])
        let counts = view["types"]?.fields ?? []
        for type in counts { types.add([type.name, type.value.text]) }
        if !counts.isEmpty { text += "\n" + page.text(of: types) }
        var followers = Table([.init("FOLLOWER"), .init("POSITION", .right), .init("LAG", .right)])
        for follower in view.rows("followers") {
            followers.add([follower.words("name"), follower.words("position"), follower.words("lag")])
        }
        if !view.rows("followers").isEmpty { text += "\n" + page.text(of: followers) }
        return text
    }
}
