import EventStore
import Events
import MySQL
import ServerTesting
import StoreConformance
import Synchronization
import Testing

/// Each has a server of its own, which it treats badly.
@Suite("What was acknowledged")
struct LossTests {
    @Test("is there, once, when the connection is cut at COMMIT", arguments: [CommitProxy.Cut.before, .after])
    func cut(_ cut: CommitProxy.Cut) async throws {
        let server = try await ScratchServer.start()
        let direct = try await server.createDatabase()
        let proxy = try CommitProxy(server: server.directory + "/socket", in: server.directory)
        var endpoint = Endpoint(.socket(path: proxy.path), user: direct.user, database: direct.database)
        endpoint.tls = .off
        let log = try await Scratch.log(at: endpoint)
        let other = try await Scratch.log(at: direct)
        for round in 0..<8 {
            proxy.arm(cut)
            // Two at a time, so that one transaction holds several commands now and then.
            async let first = log.submit(Submission("a\(round)", .open(["a\(round)"])))
            async let second = log.submit(Submission("b\(round)", .open(["b\(round)", "c\(round)"])))
            let positions = try await [first.positions, second.positions]
            _ = try await other.submit(Submission("o\(round)", .open(["o\(round)"])))
            for (id, range) in zip(["a\(round)", "b\(round)"], positions) {
                let events = try await other.events(after: range.lowerBound - 1, limit: range.count)
                #expect(events.map(\.id) == range.indices.map { "\(id).\($0 - range.lowerBound)" })
            }
        }
        #expect(proxy.count == 8)
        #expect(try await other.head().position == 8 * 4)
        #expect(try await log.inspect { book, _ in book.open.count } == 8 * 4)
        expectSound(try await everything(in: other))
        #expect(try await LogScan(direct).check(Book.self, only: nil) { _ in }.allSatisfy { $0.difference == nil })
    }

    /// What the writers and the one who stops them share.
    private final class Load: Sendable {
        let answered = Atomic<Int>(0)
        let isOver = Atomic<Bool>(false)
    }

    /// What became of one command.
    private struct Outcome: Sendable {
        var id: String
        var positions: Range<Position>?
    }

    @Test("is there when the server was killed under load and came back; the rest is all or nothing, in order")
    func killed() async throws {
        let server = try await ScratchServer.start()
        let endpoint = try await server.createDatabase()
        let logs = try await Scratch.logs(4, at: endpoint)
        let load = Load()
        let isEnough = Moment()
        let outcomes = try await withThrowingTaskGroup(of: [Outcome].self) { group in
            for writer in 0..<16 {
                let log = logs[writer % 4]
                group.addTask {
                    var outcomes: [Outcome] = []
                    while !load.isOver.load(ordering: .relaxed) {
                        let id = "w\(writer)n\(outcomes.count)"
                        let command = Submission(id, .open([id, id + "x", id + "y"]))
                        let result = await Result { try await log.submit(command) }
                        outcomes.append(Outcome(id: id, positions: try? result.get().positions))
                        if load.answered.add(1, ordering: .relaxed).newValue == 100 { isEnough.announce() }
                    }
                    return outcomes
                }
            }
            await isEnough.wait()
            for _ in 0..<3 {
                try await server.kill()
                try await server.restart()
                // Until somebody's command was committed by the server that came back.
                let before = try Scratch.number("SELECT position FROM log_head", at: endpoint)
                while try Scratch.number("SELECT position FROM log_head", at: endpoint) == before {}
            }
            load.isOver.store(true, ordering: .relaxed)
            return try await group.reduce(into: [Outcome]()) { $0 += $1 }
        }
        let events = try await everything(in: try await Scratch.log(at: endpoint))
        expectSound(events)
        let byID = Dictionary(grouping: events) { String($0.id.prefix { $0 != "." }) }
        for outcome in outcomes {
            let landed = byID[outcome.id, default: []].map(\.position)
            if let positions = outcome.positions {
                #expect(landed == Array(positions), "\(outcome.id) was acknowledged")
            } else {
                #expect(landed.isEmpty || landed.count == 3, "\(outcome.id) is half there")
            }
        }
        #expect(Set(byID.keys).isSubset(of: Set(outcomes.map(\.id))))
        #expect(outcomes.count { $0.positions != nil } > 100)
        let scan = try LogScan(endpoint)
        #expect(try await scan.verify { _ in }.damage == nil)
        #expect(try await scan.check(Book.self, only: nil) { _ in }.allSatisfy { $0.difference == nil })
    }

    @Test("is all there is, when the server is gone: the next command fails, and can be given again")
    func gone() async throws {
        let server = try await ScratchServer.start()
        let direct = try await server.createDatabase()
        let log = try await Scratch.log(at: direct)
        _ = try await log.submit(Submission("a", .open(["a"])))
        try await server.stop()
        let error = await #expect(throws: StoreError.self) { try await log.submit(Submission("b", .open(["b"]))) }
        #expect(error?.code == .unavailable)
        try await server.restart()
        #expect(try await log.submit(Submission("b", .open(["b"]))).positions == 2..<3)
    }
}
