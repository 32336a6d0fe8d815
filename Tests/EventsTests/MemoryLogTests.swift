import Events
import StoreConformance
import Synchronization
import Testing

@Suite("The log in memory")
struct MemoryLogTests {
    @Test("does what every log does", arguments: StoreConformance.allCases)
    func conforms(to rule: StoreConformance) async throws {
        let ticks = Mutex(1_000_000)
        // A clock that steps back now and then.
        let log = MemoryLog<Book> {
            ticks.withLock { ticks in
                ticks += ticks % 7 == 0 ? -50 : 11
                return Timestamp(microseconds: ticks)
            }
        }
        try await rule.run([log, log])
    }
}
