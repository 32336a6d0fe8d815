import Projections

/// One event as a line: `position  time  type  what happened`, in columns of fixed width, as nobody knows what is still to
/// come. As wide as the terminal.
struct EventLineText: ViewText {
    private static let positionWidth = 7
    private static let typeWidth = 19

    /// The field that tells what happened.
    let field: String

    func text(of view: View, on page: Page) -> String {
        let (position, type) = (view.words("position"), view.words("type"))
        var line = String(repeating: " ", count: max(0, Self.positionWidth - position.count))
        line += "\(position)  \(view.words("at"))  \(type)"
        if let words = view.string(field) {
            line += String(repeating: " ", count: max(0, Self.typeWidth - type.count)) + "  \(oneLine(words))"
        }
        guard let width = page.width, line.count > width else { return line + "\n" }
        return line.prefix(width - 1) + "…\n"
    }
}
