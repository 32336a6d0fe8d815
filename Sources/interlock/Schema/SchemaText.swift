import Projections

/// What the schema is, and what to do.
struct SchemaStatusText: ViewText {
    func text(of view: View, on page: Page) -> String { view.schemaSentence + "\n" }
}

/// What was applied.
struct SchemaApplyText: ViewText {
    /// False where the database had it all.
    let isNew: Bool

    func text(of view: View, on page: Page) -> String {
        isNew ? "applied up to schema \(view.words("needed"))\n" : "nothing to do: \(view.schemaSentence)\n"
    }
}

extension View {
    /// Of a schema: what it means, and what to do.
    fileprivate var schemaSentence: String { words("finding") + (string("advice").map { ": \($0)" } ?? "") }
}
