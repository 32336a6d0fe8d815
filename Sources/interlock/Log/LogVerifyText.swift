import Projections

/// Whether the log is whole.
struct LogVerifyText: ViewText {
    func text(of view: View, on page: Page) -> String {
        guard view["ok"]?.bool == true else {
            return "the log is damaged at position \(view.words("position")): \(view.words("problem"))\n"
        }
        let events = counted(view.integer("events") ?? 0, "event")
        return "the log is whole: \(events), head \(view.words("head")), tip \(view.words("tip"))\n"
    }
}
