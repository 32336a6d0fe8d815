import ArgumentParser
import EventStore
import Events
import Projections
import Runner

struct AppSync: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync", abstract: "Make the registry equal a platform's own list of apps.",
        discussion: """
            The file is a list of apps in YAML or JSON, as 'app list --json' prints it; - is standard input. Apps that are not in \
            it are removed, each when nobody works on it; the rest is registered and changed at once or, where something is \
            wrong, not at all. What it did it says.
            """)

    @Argument(help: "The list.", transform: Parse.inputFile)
    var file: String

    @Flag(name: .customLong("dry-run"), help: "Only say what would be done.")
    var dryRun = false

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let context = try Context(common)
        let wanted = try AppManifest.read(file)
        let site = try await context.open()
        let plan = try await site.log.inspect { platform, _ in AppPlan(wanted, in: platform.apps) }
        try await site.log.inspect { platform, _ in try plan.check(in: platform) }
        if !dryRun {
            for app in plan.removed { try await context.remove(app, site, .forever, isGoneFine: true) }
            if !plan.registered.isEmpty || !plan.changed.isEmpty {
                _ = try await site.submit(.changeApps(registered: plan.registered, changed: plan.changed))
            }
        }
        context.answer(view(of: plan, for: .administrator), AppSyncText(isDryRun: dryRun))
    }
}
