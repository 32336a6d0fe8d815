import ArgumentParser
import EventStore
import Events
import Projections

struct LogVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Recompute the hash chain and compare every row with it.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let context = try Context(common)
        let scan = try await context.lookBack()
        let progress = Progress("verified", of: try await scan.head().position, streams: context.streams)
        let found = try await scan.verify { progress.reached($0) }
        guard let damage = found.damage else {
            let verdict = LogVerdict(
                .whole(events: found.events, head: found.head.position, tip: "\(found.head.hash)"))
            return context.answer(view(of: verdict, for: .administrator)) {
                "the log is whole: \(counted(found.events, "event")), head \(found.head.position), tip \(found.head.hash)\n"
            }
        }
        let verdict = LogVerdict(.damaged(position: damage.position, problem: damage.problem))
        context.answer(view(of: verdict, for: .administrator)) {
            "the log is damaged at position \(damage.position): \(damage.problem)\n"
        }
        throw CommandExit(ExitCode.damaged.rawValue)
    }
}
