import ArgumentParser
import Projections
import Runner

struct ConfigCheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Read the configuration and name every mistake with its line.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let context = try Context(common)
        let configuration = context.configuration
        let summary = ConfigurationSummary(
            file: context.configurationFile, tasks: configuration.tasks.keys.sorted(),
            notices: configuration.notices.map(\.description))
        context.answer(view(of: summary, for: .administrator), ConfigCheckText())
    }
}
