import Glibc
import Seeds
import Testing

@Suite("In a storm of processes", .serialized)
struct LockStormTests {
    /// Chosen anew in each run and named with every failure; `INTERLOCK_SEED` repeats its choices, though not the moments
    /// at which the machine comes to them.
    static let seed = Setting.seed ?? Int.random(in: 0..<1_000_000)

    @Test(
        "that are killed and stopped, on a server that is killed, no two hold what excludes each other, and all come to an end",
        .timeLimit(.minutes(6)), arguments: [seed], [true, false])
    func storm(seed: Int, isServed: Bool) async throws {
        let storm = try await LockStorm(seed: seed, parties: Setting.isSoak ? 64 : 12, isServed: isServed)
        let (ended, figures) = try await storm.rage(Self.blows(seed, isServed))
        try await storm.expectQuiet()
        let ledger = storm.ledger(ended, figures)
        #expect(ledger.violations.isEmpty, "\(ledger.violations.prefix(20).joined(separator: "\n"))")
        #expect(ledger.grants > 0)
        try await storm.site.expectSound()
        if Setting.isSoak { try await report(storm, ended.count, figures, ledger) }
    }

    /// A few of each kind in CI; in a soak as many as a minute takes.
    private static func blows(_ seed: Int, _ isServed: Bool) -> Blows {
        let few: [(Blows.Kind, Int)] = [(.kill, 4), (.stop, 1), (.terminate, 1), (.killServer, 1)]
        let many: [(Blows.Kind, Int)] = [(.kill, 10), (.stop, 4), (.terminate, 2), (.killServer, 1)]
        return Blows(
            seed: seed, (Setting.isSoak ? many : few) + [(.killRunner, isServed ? 1 : 0)],
            end: Setting.isSoak ? .now + .seconds(60) : nil)
    }

    private func report(
        _ storm: LockStorm, _ parties: Int, _ figures: Blows.Figures, _ ledger: LockLedger
    ) async throws {
        let events = try await storm.site.json("log", "stats").events.integer ?? 0
        print(
            """
            lock storm, seed \(storm.seed), \(storm.service == nil ? "without" : "with") a runner: \(parties) parties, \
            \(ledger.grants) grants, \(ledger.busy) busy or timed out, \(ledger.refused) refused as deadlocks, \
            \(events) events; \(figures.kills) processes killed, \(figures.stops) stopped, \(figures.terminations) told \
            to end, server killed \(figures.serverKills) times, runner killed \(figures.runnerKills) times
            """)
    }
}
