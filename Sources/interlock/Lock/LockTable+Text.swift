import Events
import Projections

extension LockTable {
    /// Of those who are in the way so many are named; `--json` names all.
    private static let maximumNamed = 3

    /// As people see it: what is held, and below it who waits.
    func text(_ context: Context) -> String {
        var held = Table([
            .init("PATH"), .init("MODE"), .init("TOKEN", .right), .init("HOLDER"), .init("SINCE"), .init("REASON"),
        ])
        for lock in self.held {
            held.add([
                lock.lock.path.text, lock.lock.mode.rawValue, String(lock.grant.token), lock.holder?.shortName ?? "",
                lock.grant.since.description, lock.grant.reason ?? "",
            ])
        }
        var waiting = Table([
            .init("PATH"), .init("MODE"), .init("PLACE", .right), .init("WAITING"), .init("SINCE"), .init("BEHIND"),
        ])
        for lock in self.waiting {
            waiting.add([
                lock.lock.path.text, lock.lock.mode.rawValue, String(lock.place), lock.holder?.shortName ?? "",
                lock.request.since.description, behind(lock),
            ])
        }
        var text = self.held.isEmpty ? "nothing is held\n" : context.text(of: held)
        if !self.waiting.isEmpty { text += "\n" + context.text(of: waiting) }
        return text
    }

    private func behind(_ lock: WaitingLock) -> String {
        let words = lock.behind.map { blocker in
            let name = holder(of: blocker.session)?.shortName ?? blocker.session.text
            return "\(blocker.path) \(blocker.kind == .held ? "held" : "wanted earlier") by \(name)"
        }
        let rest = words.count > Self.maximumNamed ? ", and \(words.count - Self.maximumNamed) more" : ""
        return words.prefix(Self.maximumNamed).joined(separator: ", ") + rest
    }
}
