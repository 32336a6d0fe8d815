import Projections

/// The mail server's name and what is on the way, and below it how far each app is.
struct MailStatusText: ViewText {
    func text(of view: View, on page: Page) -> String {
        var text =
            view.string("name").map { "the mail server is \($0), generation \(view.words("generation"))\n" }
            ?? "the mail server has no name\n"
        let previous = view.rows("previous").compactMap(\.string)
        if !previous.isEmpty { text += "it still answers to \(previous.joined(separator: " "))\n" }
        if let wanted = view.string("wanted") { text += "it is to be \(wanted)\n" }
        for problem in view.rows("problems") { text += "\(problem.words("step")): \(problem.words("problem"))\n" }
        guard !view.rows("apps").isEmpty else { return text }
        var table = Table([.init("APP"), .init("WANTED"), .init("APPLIED"), .init("STATE"), .init("WHY")])
        for app in view.rows("apps") {
            table.add(["app", "wanted", "applied", "state", "reason"].map(app.words))
        }
        return text + "\n" + page.text(of: table)
    }
}
