import Events
import LogChecking
import Seeds
import Testing

/// A run as `log export` would give it.
extension World {
    var exported: [String] { recorder.events.map(\.exported.text) }

    /// Its events as a log records them.
    var recorder: Recorder {
        var recorder = Recorder(after: .empty)
        var versions: [String: Int] = [:]
        for (number, step) in steps.enumerated() {
            let submission = Submission(id: CommandID("c\(number)"), command: (), actor: "u", host: "h0")
            recorder.record(step[...], of: submission) { event in
                versions[event.stream, default: 0] += 1
                return versions[event.stream, default: 0]
            }
        }
        return recorder
    }
}

/// The model in Swift looks at every transaction as the machine's author would; the checker looks at the log alone.
@Suite("Simulated logs")
struct CheckedSimulationTests {
    static let defaultSeeds = 200
    static let soakSeeds = 2_000

    @Test("hold what the checker reads from the design")
    func hold() throws {
        let usual = Setting.isSoak ? Self.soakSeeds : Self.defaultSeeds
        let count = Setting.number("INTERLOCK_SEEDS") ?? usual
        try expectHolds((0..<count).map(Self.log))
    }

    static func log(of seed: Int) throws -> [String] {
        var random = Random(seed: seed)
        var world = World()
        let next = seed.isMultiple(of: 2) ? Action.random : Action.crowded
        for _ in 0..<SimulationTests.actions { try world.step(next(&random)) }
        return world.exported
    }
}
