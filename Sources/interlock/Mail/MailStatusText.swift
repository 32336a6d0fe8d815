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
        if let refused = view["refused"] {
            text += "it is not \(refused.words("name")): \(refused.words("problem"))\n"
        }
        for problem in view.rows("problems") { text += MailProblemText().text(of: problem, on: page) + "\n" }
        guard !view.rows("apps").isEmpty else { return text }
        var table = Table([.init("APP"), .init("WANTED"), .init("APPLIED"), .init("STATE"), .init("WHY")])
        for app in view.rows("apps") {
            table.add(["app", "wanted", "applied", "state", "reason"].map(app.words))
        }
        return text + "\n" + page.text(of: table)
    }
}

/// What a step of a rename waits for, in a clause.
struct MailProblemText: ViewText {
    func text(of view: View, on page: Page) -> String {
        "\(view.words("step")): \(view.words("problem"))"
    }
}

/// How far an app is, in a clause, for who waits for a rename.
struct MailAppText: ViewText {
    func text(of view: View, on page: Page) -> String {
        "\(view.words("app")) is \(view.words("state"))" + (view.string("reason").map { ": \($0)" } ?? "")
    }
}
