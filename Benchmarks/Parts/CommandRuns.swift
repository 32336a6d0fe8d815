import EventStore
import Runner
import System

/// `interlock lock run` around a command that does nothing, beside the command itself and `flock`.
enum CommandRuns {
    static func measure(_ stand: Stand) async throws -> [Figure] {
        let site = try await stand.shared()
        _ = try await site.log.head()
        let lock = [try stand.program("interlock"), "lock", "run", "/run"] + stand.arguments + ["--", "true"]
        let flock = ["flock", stand.directory + "/flock", "true"]
        var (ours, bare, file) = (Round(), Round(), Round())
        for _ in 0..<(stand.isQuick ? 15 : 80) {
            ours.add(try await timed(lock))
            bare.add(try await timed(["true"]))
            file.add(try await timed(flock))
        }
        let medians = [ours, bare, file].map { $0.milliseconds(50) }
        return [
            Figure(
                name: "lock run -- true (\(ours.count))", value: medians[0], unit: "ms", latencies: ours.latencies,
                peer: "flock FILE true", peerValue: medians[2], ratio: medians[0] / medians[2]),
            Figure(
                name: "lock run -- true, more than true", value: medians[0] - medians[1], unit: "ms", peer: "true",
                peerValue: medians[1], target: .atMost(15), isBoundOnValue: true),
        ]
    }

    private static func timed(_ arguments: [String]) async throws -> Round {
        var round = Round()
        let start = Clock.now
        let end = try await DetachedProcess.start(Launch(arguments)).wait()
        guard end.cause == .exited(0) else { throw Failure(description: "\(arguments) ended: \(end.evidence)") }
        round.record(Clock.now - start)
        return round
    }
}
