import Projections

/// A row a user.
struct UserListText: ViewText {
    func text(of view: View, on page: Page) -> String {
        guard !view.rows.isEmpty else { return "no users\n" }
        var table = Table([.init("USER"), .init("ROLE"), .init("EMAIL")])
        for user in view.rows { table.add(["user", "role", "email"].map(user.words)) }
        return page.text(of: table)
    }
}
