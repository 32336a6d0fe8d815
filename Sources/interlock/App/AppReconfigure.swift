import ArgumentParser
import EventStore
import Events
import Projections
import Runner

struct AppReconfigure: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconfigure", abstract: "Give an app its values anew.",
        discussion: """
            Its file of variables is written and the configured task is started for it, under the app's lock, whether something \
            has changed or not.
            """)

    @Argument(help: "The app's id.", transform: Parse.name)
    var id: String

    @Flag(name: .customLong("dry-run"), help: "Only say what the app would be given, and by which task.")
    var dryRun = false

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let context = try Context(common)
        guard let settings = context.configuration.mail, let name = settings.configureTask,
            let type = context.configuration.tasks[name]
        else {
            throw CommandFailure(
                .configuration, code: "configuration", "no task is configured that gives an app its values",
                hint: "Name one as mail.configure-task")
        }
        let site = try await context.open()
        let plan = try await site.log.inspect { platform, _ in
            platform.apps[id].map { ReconfigurationPlan($0, platform.mail.name?.text, task: name) }
        }
        guard let plan else { throw CommandFailure.noSuchApp(id) }
        if dryRun {
            return context.answer(view(of: plan, for: .administrator), ReconfigurationText())
        }
        let started = try await site.reconfigure(
            id, by: type, unique: nil, capacities: context.configuration.capacities)
        guard let status = try await site.status(of: started.task) else { return }
        context.answer(view(of: status, for: .administrator), TaskOrderText())
    }
}
