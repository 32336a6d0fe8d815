import Glibc
import MySQL
import ServerTesting
import Testing

@testable import System

@Suite(
    "When the database's clock is set",
    .enabled(if: ServerKind.current == .mariadb, "the clock is put before the server's own by the loader"))
struct ServerClockTests {
    private static let types = """
        host: { id: h1 }
        tasks:
          again:
            command: [sh, -c, 'test "$INTERLOCK_ATTEMPT" -gt 1']
            locks: [/again]
            retries: { max: 1, backoff: 50ms }
        """

    @Test("forward and back, tasks and their retries go on, and the log's times never fall")
    func steps() async throws {
        // Not the site's: that is made with the server's URL.
        let scratch = try Scratch()
        let clock = try await SetClock(in: scratch)
        try clock.shift(by: 0)
        let server = try await ScratchServer.start(environment: clock.environment)
        let site = try Site(database: try await server.createDatabase().url, configuration: Self.types)
        let service = try await Service(site)
        for hours in [0, 2, -3, 0] {
            try clock.shift(by: hours * 3600)
            let answer = try await site.start(["task", "run", "again", "--json"]).answer()
            #expect(answer.status == 0, "\(hours) h: \(answer.error)")
            #expect(try answer.json.attempt == 2)
            #expect(try await site.holders(of: "/again").isEmpty)
        }
        let years = Set(try await site.events().compactMap { $0.at.text?.prefix(13) })
        #expect(years.count >= 2, "the server went by the clock: \(years)")
        #expect(try await service.stop().status == 0)
        try await site.expectSound()
    }
}
