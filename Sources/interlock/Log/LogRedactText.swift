import Projections

/// What goes by name only: whoever erases a text does not want it on his terminal.
struct LogRedactText: ViewText {
    func text(of view: View, on page: Page) -> String {
        let erased = view.rows("erased").compactMap(\.string)
        let names = erased.isEmpty ? "nothing: it has no text" : erased.joined(separator: ", ")
        let verb = view["redacted"]?.bool == true ? "is" : "would be"
        return """
            event \(view.words("position")) (\(view.words("type"))) \(verb) redacted
            erased   \(names)
            remains  \(oneLine(view["remains"]?.text ?? ""))

            """
    }
}
