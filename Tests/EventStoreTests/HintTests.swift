import EventStore
import Events
import Foundation
import ServerTesting
import StoreConformance
import System
import Testing

@Suite("Hints", .database)
struct HintTests {
    @Test("wake followers and who waits for a session's end; what dead followers left is removed")
    func wake() async throws {
        let log = try await Scratch.log()
        let hints = try #require(await log.hints)
        let own = UUID().uuidString
        let dead = hints.follower("dead-\(own)")
        do {
            // Its file goes with it; another name of the socket stays behind.
            let gone = try HintSocket(at: hints.follower("gone-\(own)"))
            try FileManager.default.linkItem(atPath: gone.path, toPath: dead)
        }
        let follower = try HintSocket(at: hints.follower("live-\(own)"))
        let waiter = try HintSocket(at: hints.session(SessionID("s-\(own)")))
        _ = try await log.submit(Submission("a", .open(["s-\(own)"])))
        // Other tests' logs wake the follower too, but nobody else opens or ends this session.
        #expect(try await follower.wait())
        #expect(waiter.drain() == 0)
        _ = try await log.submit(Submission("b", .close("s-\(own)")))
        #expect(try await waiter.wait())
        #expect(!FileManager.default.fileExists(atPath: dead))
    }
}
