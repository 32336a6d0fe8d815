import Projections
import Runner

extension CommandFailure {
    /// Refused, as 76, with both sides: who, which lock, since when, what for.
    init(_ deadlock: DeadlockRefused) {
        let refused = view(of: deadlock.refused, for: .administrator)
        self.init(
            .deadlock, code: "deadlock",
            "refused: it would wait for ever: " + DeadlockRefusedText().text(of: refused, on: .line),
            hint: "Give back what the others wait for and ask again, or ask for all locks in one command; "
                + "see: interlock deadlock list")
    }
}
