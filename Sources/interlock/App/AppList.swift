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
        context.answer(Projections.view(of: platform.apps, for: viewer), AppListText())
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
        context.answer(Projections.view(of: app, for: viewer), FieldsText())
    }
}
