import Events
import Foundation
import LogChecking
import Projections
import Seeds
import Testing

@testable import Histories

@Suite("Simulated logs that were restored from a dump")
struct RestorationTests {
    static let defaultSeeds = 60
    static let soakSeeds = 5_000

    /// A log as it was, and as it went on when a dump of it was taken over.
    private struct Histories {
        var old: World
        var new: World
        /// The last position of the dump.
        var dump: Position
    }

    private static func run(of seed: Int) throws -> Histories {
        var random = Random(seed: seed)
        var world = World()
        let next = seed.isMultiple(of: 2) ? Action.random : Action.crowded
        for _ in 0..<10 + random.below(SimulationTests.actions) { try world.step(next(&random)) }
        var restored = world
        let dump = world.facts.last?.position ?? 0
        for _ in 0..<random.below(SimulationTests.actions) { try world.step(next(&random)) }
        try restored.adopt(above: world.facts.last?.position ?? 0, &random)
        for _ in 0..<SimulationTests.actions / 2 { try restored.step(next(&random)) }
        return Histories(old: world, new: restored, dump: dump)
    }

    @Test("stay as they must be, and issue no token that was issued before")
    func seeds() throws {
        var logs: [[String]] = []
        for seed in Setting.seeds(Self.defaultSeeds, soak: Self.soakSeeds) {
            let histories: Histories
            do {
                histories = try Self.run(of: seed)
            } catch {
                Issue.record("INTERLOCK_SEED=\(seed) \((error as? Violation)?.rule ?? "\(error)")")
                continue
            }
            let highest = histories.old.facts.last?.position ?? 0
            let later = histories.new.facts.drop { $0.position <= histories.dump }
            #expect(later.first?.event.kind == .logRestored, "INTERLOCK_SEED=\(seed)")
            #expect(later.allSatisfy { $0.position >= highest + LogRestored.jump }, "INTERLOCK_SEED=\(seed)")
            logs.append(histories.new.recorder.events.map(\.exported.text))
        }
        try expectHolds(logs)
    }

    @Test("share no position with the log as it was, but those of the dump")
    func twice() throws {
        let histories = try Self.run(of: 7)
        #expect(try Self.twice(histories.old, histories.new).status == 0)
        // Without the jump every later position would say two things.
        var without = histories.old
        var random = Random(seed: 3)
        for _ in 0..<20 { try without.step(Action.random(&random)) }
        var other = histories.old
        for _ in 0..<20 { try other.step(Action.crowded(&random)) }
        #expect(try Self.twice(without, other).status == 65)
    }

    private static func twice(_ one: World, _ other: World) throws -> (status: Int32, output: String) {
        let files = try [one, other].map { world in
            let file = NSTemporaryDirectory() + "interlock-twice-\(UUID().uuidString)"
            let lines = world.recorder.events.map { $0.exported.text + "\n" }.joined()
            try lines.write(toFile: file, atomically: true, encoding: .utf8)
            return file
        }
        defer { for file in files { try? FileManager.default.removeItem(atPath: file) } }
        return try LogChecker.python(["twice.py"] + files)
    }
}
