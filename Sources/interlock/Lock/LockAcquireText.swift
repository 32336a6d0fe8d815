import Projections

/// The token of what was obtained.
struct LockAcquireText: ViewText {
    func text(of view: View, on page: Page) -> String { "token \(view.words("token"))\n" }
}
