import ArgumentParser
import EventStore
import Events
import Projections
import Runner

struct DeadlockList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List every deadlock that was refused, the oldest first.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var view: ViewOptions

    func run() async throws {
        let context = try Context(common)
        let viewer = try context.viewer(view)
        let facts = try await context.scan().events(of: .lockRefused).map { try $0.fact() }
        let deadlocks = facts.compactMap { RefusedDeadlock($0) }
        context.answer(Projections.view(of: deadlocks, for: viewer)) {
            deadlocks.isEmpty ? "no deadlock was refused\n" : deadlocks.map(\.paragraph).joined(separator: "\n")
        }
    }
}

extension RefusedDeadlock {
    fileprivate var paragraph: String {
        let parties = refused.sides.split(separator: ";").map { "  \($0.drop { $0 == " " })\n" }.joined()
        return "\(position)  \(at)  \(refused.session) was refused\n" + parties
    }
}
