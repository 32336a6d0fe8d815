import ArgumentParser
import EventStore
import Projections

struct LogStats: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats", abstract: "Count the events and show how far their readers are.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let context = try Context(common)
        let stats = try await context.lookBack().stats()
        let figures = LogFigures(
            events: stats.events, bytes: stats.bytes, types: stats.types, oldest: stats.oldest, newest: stats.newest,
            followers: stats.followers.map {
                LogFigures.Follower(name: $0.name, position: $0.position, lag: $0.lag)
            })
        context.answer(view(of: figures, for: .administrator)) { text(figures, context) }
    }

    private func text(_ figures: LogFigures, _ context: Context) -> String {
        var text = "\(counted(figures.events, "event")), \(counted(figures.bytes, "byte")) of payload\n"
        if let oldest = figures.oldest, let newest = figures.newest { text += "from \(oldest) to \(newest)\n" }
        var types = Table([.init("TYPE"), .init("EVENTS", .right)])
        for type in figures.types { types.add([type.type, String(type.count)]) }
        if !figures.types.isEmpty { text += "\n" + context.text(of: types) }
        var followers = Table([.init("FOLLOWER"), .init("POSITION", .right), .init("LAG", .right)])
        for follower in figures.followers {
            followers.add([follower.name, String(follower.position), String(follower.lag)])
        }
        if !figures.followers.isEmpty { text += "\n" + context.text(of: followers) }
        return text
    }
}
