import ArgumentParser
import EventStore
import Events
import Projections

struct LogVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Recompute the hash chain and compare every row with it.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var view: ViewOptions

    func run() async throws {
        let context = try Context(common)
        let viewer = try await context.viewer(view)
        let scan = try await context.lookBack()
        let progress = Progress("verified", of: try await scan.head().position, streams: context.streams)
        let found = try await scan.verify { progress.reached($0) }
        let finding: LogVerdict.Finding =
            if let damage = found.damage {
                .damaged(position: damage.position, problem: damage.problem)
            } else {
                .whole(events: found.events, head: found.head.position, tip: "\(found.head.hash)")
            }
        context.answer(Projections.view(of: LogVerdict(finding), for: viewer), LogVerifyText())
        guard found.damage == nil else { throw CommandExit(ExitCode.damaged.rawValue) }
    }
}
