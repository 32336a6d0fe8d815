import Projections

/// A row an app.
struct AppListText: ViewText {
    func text(of view: View, on page: Page) -> String {
        guard !view.rows.isEmpty else { return "no apps\n" }
        var table = Table([
            .init("APP"), .init("DOMAIN"), .init("STATE"), .init("CERTIFICATE"), .init("MAIL FROM"), .init("OPERATORS"),
            .init("PROBLEM"),
        ])
        for app in view.rows {
            table.add([
                app.words("app"), app.words("domain"), app.words("state"),
                app["requiresValidCertificate"]?.bool.map { $0 ? "verified" : "any" } ?? "", app.words("mailFrom"),
                app.rows("operators").compactMap(\.string).joined(separator: " "), app.words("problem"),
            ])
        }
        return page.text(of: table)
    }
}

/// What a sync did, or would do.
struct AppSyncText: ViewText {
    let isDryRun: Bool

    func text(of view: View, on page: Page) -> String {
        let lines = ["removed", "registered", "changed"].flatMap { name in
            view.rows(name).compactMap(\.string).map { "\(name) \($0)\n" }
        }
        return lines.isEmpty ? "nothing to do\n" : (isDryRun ? "would be:\n" : "") + lines.joined()
    }
}

/// What an app would be given.
struct ReconfigurationText: ViewText {
    func text(of view: View, on page: Page) -> String {
        let gift = view["wanted"]?.string.map { "the mail server \($0)" } ?? "no mail"
        return "would give \(view.words("app")) \(gift) by a task \(view.words("task"))\n"
    }
}
