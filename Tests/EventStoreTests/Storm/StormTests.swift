import EventStore
import Events
import Seeds
import StoreConformance
import Testing

@Suite("In a storm")
struct StormTests {
    /// Chosen anew in each run and named with every failure; `INTERLOCK_SEED` repeats its choices, though not the moments
    /// at which the machine comes to them.
    static let seed = Setting.seed ?? Int.random(in: 0..<1_000_000)

    @Test(
        "of 32 writers in 8 processes that are killed and stopped, on a server that is killed, nothing acknowledged is lost",
        .timeLimit(.minutes(4)), arguments: [seed])
    func storm(seed: Int) async throws {
        let storm = try await Storm(seed: seed, writers: 8, calm: Setting.isSoak ? 1000 : 150)
        let events = try await withThrowingTaskGroup(of: Void.self) { group in
            for follower in storm.followers { group.addTask { await follower.follow() } }
            try await rage(storm)
            let events = try await storm.end()
            try await group.waitForAll()
            return events
        }
        expectSound(events)
        let hashes = events.map(\.hash)
        for follower in storm.followers { #expect(follower.hashes == hashes, "a follower read another sequence") }
        storm.ledger.check(events)
        let scan = try LogScan(storm.endpoint)
        #expect(try await scan.verify { _ in }.damage == nil)
        let checks = try await scan.check(Book.self, only: nil) { _ in }
        #expect(checks.count == Book.projectionNames.count)
        for check in checks { #expect(check.difference == nil, "\(check.name)") }
        report(storm, events.count)
    }

    /// A few blows of each kind in CI; in a soak as many as a minute takes. A stop costs up to five seconds, until the server
    /// ends the transaction of the one who is stopped in it.
    private func rage(_ storm: Storm) async throws {
        let kills = Setting.isSoak ? 12 : 5
        let blows = Array(repeating: Storm.Blow.kill, count: kills) + [.stop, .killServer]
        let end = ContinuousClock.now + .seconds(60)
        repeat {
            for blow in storm.shuffled(blows) {
                try await storm.strike(blow)
                if Setting.isSoak, ContinuousClock.now > end { return }
            }
        } while Setting.isSoak
    }

    private func report(_ storm: Storm, _ events: Int) {
        guard Setting.isSoak else { return }
        let (ledger, figures) = (storm.ledger, storm.figures)
        print(
            """
            storm: \(ledger.asked.count) commands asked, \(ledger.acknowledged.count) acknowledged \
            (\(ledger.found) of them by looking up), \(events) events; \(figures.kills) writers killed, \
            \(figures.stops) stopped (\(figures.stopsInside) with the head locked), server killed \(figures.serverKills) times
            """)
    }
}
