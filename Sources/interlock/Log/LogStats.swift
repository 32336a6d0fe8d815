import ArgumentParser
import EventStore
import Projections

struct LogStats: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats", abstract: "Count the events and show how far their readers are.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var view: ViewOptions

    func run() async throws {
        let context = try Context(common)
        let viewer = try await context.viewer(view)
        let stats = try await context.lookBack().stats()
        let figures = LogFigures(
            events: stats.events, bytes: stats.bytes, types: stats.types, oldest: stats.oldest, newest: stats.newest,
            followers: stats.followers.map {
                LogFigures.Follower(name: $0.name, position: $0.position, lag: $0.lag)
            })
        context.answer(Projections.view(of: figures, for: viewer), LogStatsText())
    }
}
