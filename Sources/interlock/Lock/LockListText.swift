import Projections

/// All locks: what is held, and below it who waits.
struct LockListText: ViewText {
    /// Of those who are in the way so many are named; `--json` names all.
    private static let maximumNamed = 3

    func text(of view: View, on page: Page) -> String {
        let (held, waiting) = (view.rows("held"), view.rows("waiting"))
        var text = held.isEmpty ? "nothing is held\n" : page.text(of: table(ofHeld: held))
        if !waiting.isEmpty {
            let names = Dictionary((held + waiting).map { ($0.words("session"), $0["holder"]?.shortName) }) {
                first, _ in first
            }
            text += "\n" + page.text(of: table(ofWaiting: waiting, names))
        }
        return text
    }

    private func table(ofHeld held: [View]) -> Table {
        var table = Table([
            .init("PATH"), .init("MODE"), .init("TOKEN", .right), .init("HOLDER"), .init("SINCE"), .init("REASON"),
        ])
        for lock in held {
            table.add([
                lock.words("path"), lock.words("mode"), lock.words("token"), lock["holder"]?.shortName ?? "",
                lock.words("since"), lock.words("reason"),
            ])
        }
        return table
    }

    private func table(ofWaiting waiting: [View], _ names: [String: String?]) -> Table {
        var table = Table([
            .init("PATH"), .init("MODE"), .init("PLACE", .right), .init("WAITING"), .init("SINCE"), .init("BEHIND"),
        ])
        for lock in waiting {
            let place = lock.rows("behind").count { $0.string("kind") == "queued" } + 1
            table.add([
                lock.words("path"), lock.words("mode"), String(place), lock["holder"]?.shortName ?? "",
                lock.words("since"), behind(lock.rows("behind"), names),
            ])
        }
        return table
    }

    private func behind(_ blockers: [View], _ names: [String: String?]) -> String {
        let words = blockers.map { blocker in
            let session = blocker.words("session")
            let verb = blocker.string("kind") == "held" ? "held" : "wanted earlier"
            return "\(blocker.words("path")) \(verb) by \((names[session] ?? nil) ?? session)"
        }
        let rest = words.count > Self.maximumNamed ? ", and \(words.count - Self.maximumNamed) more" : ""
        return words.prefix(Self.maximumNamed).joined(separator: ", ") + rest
    }
}
