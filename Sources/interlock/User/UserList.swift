import ArgumentParser
import EventStore
import Events
import Projections
import Runner

struct UserList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the users and their roles.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var view: ViewOptions

    func run() async throws {
        let context = try Context(common)
        let (platform, _) = try await context.scan().current(Platform.self)
        let viewer = try context.viewer(view, in: platform)
        context.answer(Projections.view(of: platform.users, for: viewer)) { $0.userTable(context) }
    }
}

extension View {
    /// A row a user.
    func userTable(_ context: Context) -> String {
        var table = Table([.init("USER"), .init("ROLE"), .init("EMAIL")])
        for user in rows { table.add(["user", "role", "email"].map { user[$0]?.plain ?? "" }) }
        return rows.isEmpty ? "no users\n" : context.text(of: table)
    }
}
