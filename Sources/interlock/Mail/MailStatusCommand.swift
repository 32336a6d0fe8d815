import ArgumentParser
import EventStore
import Projections
import Runner

struct MailStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show how far each app is with the mail server's name, and why not yet.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var view: ViewOptions

    func run() async throws {
        let context = try Context(common)
        let (platform, _) = try await context.scan().current(Platform.self)
        let viewer = try context.viewer(view, in: platform)
        context.answer(Projections.view(of: MailStatus(platform), for: viewer), MailStatusText())
    }
}

struct MailShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show the mail server's name and what it was seen to serve.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var view: ViewOptions

    func run() async throws {
        let context = try Context(common)
        let (platform, _) = try await context.scan().current(Platform.self)
        let viewer = try context.viewer(view, in: platform)
        context.answer(Projections.view(of: platform.mail, for: viewer), FieldsText())
    }
}
