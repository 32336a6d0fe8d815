import EventStore
import MySQL
import Runner
import System

/// `interlock lock run` around a command that does nothing, beside the command itself and `flock`; alone, with many locks
/// held by others, and many at once.
enum CommandRuns {
    static func measure(_ stand: Stand) async throws -> [Figure] {
        let site = try await stand.shared()
        _ = try await site.log.head()
        let (lock, flock) = (try command(stand, "/run"), ["flock", stand.directory + "/flock", "true"])
        var (ours, bare, file) = (Round(), Round(), Round())
        for _ in 0..<(stand.isQuick ? 15 : 80) {
            ours.add(try await timed(lock))
            bare.add(try await timed(["true"]))
            file.add(try await timed(flock))
        }
        let medians = [ours, bare, file].map { $0.milliseconds(50) }
        var figures = [
            Figure(
                name: "lock run -- true (\(ours.count))", value: medians[0], unit: "ms", latencies: ours.latencies,
                peer: "flock FILE true", peerValue: medians[2], ratio: medians[0] / medians[2]),
            Figure(
                name: "lock run -- true, more than true", value: medians[0] - medians[1], unit: "ms", peer: "true",
                peerValue: medians[1], target: .atMost(15), isBoundOnValue: true),
        ]
        figures += try await besideHeld(stand)
        for contest in Contest.allCases {
            for count in stand.concurrencies where count > 1 {
                figures.append(try await together(stand, count, contest))
            }
        }
        return figures
    }

    private static func command(_ stand: Stand, _ path: String, database: String? = nil) throws -> [String] {
        let options = database.map { ["--database", stand.endpoint($0).url] } ?? []
        return [try stand.program("interlock"), "lock", "run", path] + stand.arguments + options + ["--", "true"]
    }

    /// What a fresh process pays for the locks of others: it reads the whole state before it asks.
    private static func besideHeld(_ stand: Stand) async throws -> [Figure] {
        let many = 10_000
        _ = try await LockField.make(stand, 0)
        _ = try await LockField.make(stand, many)
        let none = try command(stand, "/run", database: LockField.database(0))
        let held = try command(stand, "/run", database: LockField.database(many))
        var (ours, bare) = (Round(), Round())
        for _ in 0..<(stand.isQuick ? 15 : 60) {
            bare.add(try await timed(none))
            ours.add(try await timed(held))
        }
        let (median, alone) = (ours.milliseconds(50), bare.milliseconds(50))
        let name = "lock run -- true, \(many) locks held"
        let peer = "the same with none held"
        return [
            Figure(
                name: "\(name) (\(ours.count))", value: median, unit: "ms", latencies: ours.latencies, peer: peer,
                peerValue: alone, ratio: median / alone),
            Figure(
                name: "\(name), more than with none", value: median - alone, unit: "ms", peer: peer,
                peerValue: alone, target: .atMost(10), isBoundOnValue: true),
        ]
    }

    /// Many at once, a process and a command each, beside as many `flock`.
    private static func together(_ stand: Stand, _ count: Int, _ contest: Contest) async throws -> Figure {
        var (ours, file) = ([Round](), [Round]())
        for _ in 0..<stand.fewRounds {
            ours.append(
                try await concurrently(count, seconds: stand.roundSeconds) { worker, _ in
                    let path = contest == .apart ? "/run/\(worker)" : "/run"
                    _ = try await timed(try command(stand, path))
                })
            file.append(
                try await concurrently(count, seconds: stand.roundSeconds) { worker, _ in
                    let name = contest == .apart ? "\(worker)" : ""
                    _ = try await timed(["flock", "\(stand.directory)/flock\(name)", "true"])
                })
        }
        let waits = file.whole.latencies
        return Figure(
            name: "lock run -- true\(contest.text), \(count) at once", value: ours.rate, unit: "/s",
            latencies: ours.whole.latencies,
            peer: "flock FILE true (p50 \(waits.millisecond(50)), p99 \(waits.millisecond(99)) ms)",
            peerValue: file.rate, ratio: ours.ratio(to: file))
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
