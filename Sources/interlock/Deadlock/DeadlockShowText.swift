import Events
import Projections

/// One deadlock: what happened, side by side, and when it was too late.
struct DeadlockShowText: ViewText {
    func text(of view: View, on page: Page) -> String {
        let cycle = view.rows("cycle")
        let name = cycle.first?["holder"]?.name ?? view.words("refused")
        var text =
            "\(name) was refused at position \(view.words("position")), \(view.words("at")): it would have waited for ever\n"
        for (index, party) in cycle.enumerated() {
            text += "\n\(party["holder"]?.name ?? "")\(index == 0 ? " (refused)" : "")\n"
            text += lines(of: party).map { "  \(oneLine($0))\n" }.joined()
            text += "  which \(way(of: cycle[(index + 1) % cycle.count], party["wants"]))\n"
        }
        text += "\ninevitable since position \(view.words("inevitableSince")), \(view.words("inevitableAt"))"
        text += view.string("inevitableBy").map { ":\n  \($0)\n" } ?? "\n"
        text += "From there on the refused one would have waited for ever, whoever ended first.\n"
        return text
    }

    private func lines(of party: View) -> [String] {
        var lines: [String] = []
        if let holds = party["holds"] {
            let since = "\(holds.words("token")), \(holds.words("since"))"
            if let asked = party["asked"], let then = asked.time("at"), let got = holds.time("since"), then < got {
                let waited = span(got.microseconds(since: then))
                lines.append(
                    "asked for \(holds.lockWords) at \(asked.words("position")), \(asked.words("at"))\(reason(holds))")
                lines.append("holds it since \(since), after \(waited)")
            } else {
                lines.append("holds \(holds.lockWords) since \(since)\(reason(holds))")
            }
        }
        for other in party.rows("besides") {
            lines.append("holds \(other.lockWords) too, since \(other.words("token")), in nobody's way here")
        }
        if let wants = party["wants"] {
            let place = wants.integer("position").map { "\($0), " } ?? ""
            lines.append("wants \(wants.wantWords) since \(place)\(wants.words("since"))\(reason(wants))")
        }
        return lines
    }

    private func reason(_ view: View) -> String { view.string("reason").map { ": \($0)" } ?? "" }

    /// How a party is in the way of what another one wants.
    private func way(of party: View, _ wants: View?) -> String {
        let name = party["holder"]?.name ?? ""
        guard let wants, wants["task"] == nil else { return "is \(name)" }
        guard let held = party["holds"] else { return "\(name) holds" }
        if held.string("path") != wants.string("path") { return "\(name) is in the way of, with \(held.lockWords)" }
        return held.string("mode") == "slot" ? "\(name) has one of" : "\(name) holds"
    }
}
