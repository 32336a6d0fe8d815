import ArgumentParser
import EventStore
import Events
import Projections
import Runner

struct AppList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the registered apps.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var view: ViewOptions

    func run() async throws {
        let context = try Context(common)
        let (platform, _) = try await context.scan().current(Platform.self)
        let viewer = try context.viewer(view, in: platform)
        context.answer(Projections.view(of: platform.apps, for: viewer)) { $0.appTable(context) }
    }
}

struct AppShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show one app.")

    @Argument(help: "The app's id.", transform: Parse.name)
    var id: String

    @OptionGroup var common: CommonOptions
    @OptionGroup var view: ViewOptions

    func run() async throws {
        let context = try Context(common)
        let (platform, _) = try await context.scan().current(Platform.self)
        let viewer = try context.viewer(view, in: platform)
        guard let app = platform.apps[id] else { throw CommandFailure.noSuchApp(id) }
        context.answer(Projections.view(of: app, for: viewer)) { $0.lines }
    }
}

extension View {
    /// A row an app.
    func appTable(_ context: Context) -> String {
        var table = Table([
            .init("APP"), .init("DOMAIN"), .init("STATE"), .init("CERTIFICATE"), .init("MAIL FROM"), .init("OPERATORS"),
            .init("PROBLEM"),
        ])
        for app in rows {
            table.add([
                app["app"]?.plain ?? "", app["domain"]?.plain ?? "", app["state"]?.plain ?? "",
                app["requiresValidCertificate"].map { $0.plain == "true" ? "verified" : "any" } ?? "",
                app["mailFrom"]?.plain ?? "",
                app["operators"].map { $0.rows.map(\.plain).joined(separator: " ") } ?? "", app["problem"]?.plain ?? "",
            ])
        }
        return rows.isEmpty ? "no apps\n" : context.text(of: table)
    }
}
