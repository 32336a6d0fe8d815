import Events
import Projections

extension View {
    /// The name and what is on the way, and below it how far each app is.
    func mailStatus(_ context: Context) -> String {
        var text =
            self["name"].map { "the mail server is \($0.plain), generation \(self["generation"]?.plain ?? "")\n" }
            ?? "the mail server has no name\n"
        let previous = self["previous"]?.rows.map(\.plain) ?? []
        if !previous.isEmpty { text += "it still answers to \(previous.joined(separator: " "))\n" }
        if let wanted = self["wanted"] { text += "it is to be \(wanted.plain)\n" }
        for problem in self["problems"]?.rows ?? [] {
            text += "\(problem["step"]?.plain ?? ""): \(problem["problem"]?.plain ?? "")\n"
        }
        let apps = self["apps"]?.rows ?? []
        guard !apps.isEmpty else { return text }
        var table = Table([.init("APP"), .init("WANTED"), .init("APPLIED"), .init("STATE"), .init("WHY")])
        for app in apps {
            table.add(["app", "wanted", "applied", "state", "reason"].map { app[$0]?.plain ?? "" })
        }
        return text + "\n" + context.text(of: table)
    }
}
