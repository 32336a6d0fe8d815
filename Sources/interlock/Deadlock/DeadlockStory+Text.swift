import Events
import Projections

extension DeadlockStory {
    /// For a person: what happened, side by side, and when it was too late.
    var text: String {
        let name = lanes.first?.party.holder.name ?? deadlock.refused.session.text
        var text =
            "\(name) was refused at position \(deadlock.position), \(deadlock.at): it would have waited for ever\n"
        for (index, lane) in lanes.enumerated() {
            text += "\n\(lane.party.holder.name)\(index == 0 ? " (refused)" : "")\n"
            text += lane.lines.map { "  \(oneLine($0))\n" }.joined()
            let next = lanes[(index + 1) % lanes.count].party
            text += "  which \(next.words(of: lane.party.wants))\n"
        }
        text += "\ninevitable since position \(inevitable.position), \(inevitable.at):\n  \(inevitable.difference)\n"
        text += "From there on the refused one would have waited for ever, whoever ended first.\n"
        return text
    }
}

extension DeadlockStory.Lane {
    fileprivate var lines: [String] {
        var lines: [String] = []
        if let holds = party.holds {
            let reason = holds.reason.map { ": \($0)" } ?? ""
            if let asked, asked.at < holds.since {
                let waited = span(holds.since.microseconds(since: asked.at))
                lines.append("asked for \(holds.lock.words) at \(asked.position), \(asked.at)\(reason)")
                lines.append("holds it since \(holds.token), \(holds.since), after \(waited)")
            } else {
                lines.append("holds \(holds.lock.words) since \(holds.token), \(holds.since)\(reason)")
            }
        }
        for other in besides {
            lines.append("holds \(other.lock.words) too, since \(other.token), in nobody's way here")
        }
        let reason = party.wants.reason.map { ": \($0)" } ?? ""
        let place = party.wants.position.map { "\($0), " } ?? ""
        lines.append("wants \(party.wants.words) since \(place)\(party.since)\(reason)")
        return lines
    }
}

extension DeadlockParty {
    /// How this party is in the way of what another one wants.
    fileprivate func words(of want: Want) -> String {
        switch want {
        case .task: "is \(holder.name)"
        case .lock(let wanted, _, _):
            switch holds?.lock {
            case .some(let held) where held.path != wanted.path: "\(holder.name) is in the way of, with \(held.words)"
            case .some(let held) where held.mode == .slot: "\(holder.name) has one of"
            default: "\(holder.name) holds"
            }
        }
    }
}
