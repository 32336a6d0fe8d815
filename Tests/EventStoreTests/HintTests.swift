import Digest
import EventStore
import Events
import Foundation
import MySQL
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

    @Test("a committer's word stands for a head that is read and for a barrier; one of another log changes nothing")
    func word() async throws {
        let logs = try await Scratch.logs(2)
        let hints = try #require(await logs[0].hints)
        let own = "s-\(UUID().uuidString)"
        _ = try await logs[0].submit(Submission("a", .open([own])))
        _ = try await logs[1].inspectDurably { _, position in position }
        let waiter = try HintSocket(at: hints.session(SessionID(own)))
        _ = try await logs[0].submit(Submission("b", .close(own)))
        #expect(try await waiter.wait())
        let word = try #require(waiter.takeHead())
        #expect(try await logs[0].head() == word)
        let before = try passes()
        #expect(try await logs[1].inspectDurably(given: word) { _, position in position } == word.position)
        #expect(try passes() == before)
        var foreign = word
        foreign.position += 1
        #expect(try await logs[1].inspectDurably(given: foreign) { _, position in position } == word.position)
        _ = try await logs[0].submit(Submission("c", .open([own + "c"])))
        foreign.hash = .zero
        #expect(try await logs[1].inspectDurably(given: foreign) { _, position in position } == foreign.position)
        #expect(try passes() == before + 1)
    }

    private func passes() throws -> Int64 {
        let connection = try Connection(try ScratchDatabase.current)
        let sum = try connection.queryOne("SELECT CAST(SUM(passes) AS SIGNED) FROM barrier") { try $0.int(0) }
        return try #require(sum)
    }
}
