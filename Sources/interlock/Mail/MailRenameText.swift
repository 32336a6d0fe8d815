import Projections

/// Which apps a rename would touch.
struct RenamePlanText: ViewText {
    func text(of view: View, on page: Page) -> String {
        let apps = view.rows("apps").compactMap(\.string)
        let stopped = view.rows("stopped").compactMap(\.string)
        let from = view["from"]?.string.map { " from \($0)" } ?? ""
        var text = "would rename the mail server\(from) to \(view.words("to"))\n"
        text += apps.isEmpty ? "no app would be told\n" : "would be told: \(apps.joined(separator: " "))\n"
        if !stopped.isEmpty { text += "stopped, told when started: \(stopped.joined(separator: " "))\n" }
        return text
    }
}

/// What was asked for.
struct RenameText: ViewText {
    func text(of view: View, on page: Page) -> String {
        let name = view.words("to")
        return view["from"]?.string == name
            ? "the mail server is \(name)\n" : "the mail server is to be \(name); see: interlock mail status\n"
    }
}
