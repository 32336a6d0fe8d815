import Events
import LogChecking
import Seeds
import Testing

@testable import Histories

/// The model in Swift looks at every transaction as the machine's author would; the checker looks at the log alone.
@Suite("Simulated logs")
struct CheckedSimulationTests {
    static let defaultSeeds = 200
    static let soakSeeds = 2_000

    @Test("hold what the checker reads from the design")
    func hold() throws {
        try expectHolds(Setting.seeds(Self.defaultSeeds, soak: Self.soakSeeds).map(Self.log))
    }

    static func log(of seed: Int) throws -> [String] {
        try World.run(of: seed).recorder.events.map(\.exported.text)
    }
}
