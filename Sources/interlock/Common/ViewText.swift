import Projections
import System

/// How a view is written down for a person. All it knows is what the view shows, and so what JSON would show too: the files
/// of these, named …Text.swift, name no record (Tests/Tidy/Walls.swift).
protocol ViewText {
    func text(of view: View, on page: Page) -> String
}

/// What a text is written on.
struct Page {
    /// The width of the terminal in columns; nil where it is none: then nothing is cut.
    let width: Int?
    let style: Style

    /// A line among others: of an error, of what is said on the way.
    static let line = Page(width: nil, style: .plain)

    /// A table as wide as the terminal.
    func text(of table: Table) -> String { table.text(width: width, style: style) }
}

/// For what has no text: who waited for a task is told by its exit code.
struct NoText: ViewText {
    func text(of view: View, on page: Page) -> String { "" }
}
